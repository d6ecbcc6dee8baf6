import { z } from 'zod';
import { limits } from '../../domain/limits.ts';
import { listHeld } from '../../service/resources.ts';
import { OthersName, othersName } from '../../tools/answers/held-names.ts';
import { defineRoute } from './admin-route.ts';

/** The names that agents hold: a look that needs no tool. Any role may take it. */
export const resourceRoutes = [
  defineRoute({
    method: 'get',
    path: '/resources',
    name: 'list_resources',
    description: 'Names that somebody holds, those whose leases end first in front.',
    input: z.strictObject({ limit: z.int().min(1).max(limits.page).default(50) }),
    output: z.strictObject({ resources: z.array(OthersName), total: z.int() }),
    async run({ call }, { limit }) {
      const held = await listHeld(call, limit);
      return { resources: held.map(othersName), total: held[0]?.total ?? 0 };
    },
  }),
];
