import { z } from 'zod';
import { text } from '../domain/text.ts';
import { actingAs } from '../service/acting-as.ts';
import { releaseNames } from '../service/resources.ts';
import { Fence } from './answers/claim-fence.ts';
import { Names, namesOf } from './answers/held-names.ts';
import { defineTool, sets } from './define/define-tool.ts';
import { unlisted } from './define/listed-schema.ts';

export const release = defineTool({
  name: 'release',
  description: 'Give back acquired names.',
  input: z.strictObject({
    names: Names,
    fence: unlisted(Fence.optional()),
    agent: text(100).optional(),
  }),
  output: z.object({
    released: z.array(z.string()),
    /** Those that the caller does not hold. */
    not_held: z.array(z.string()).optional(),
  }),
  hints: sets,
  async run(context, { names: given, fence, agent }) {
    const names = namesOf('release', given);
    const released = await releaseNames(await actingAs(await context.open(), agent), { names, fence });
    const not_held = names.filter((name) => !released.includes(name));
    return { released, ...(not_held.length > 0 && { not_held }) };
  },
});
