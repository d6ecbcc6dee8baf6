import { z } from 'zod';
import { GoalStatus } from '../../domain/goal.ts';
import { limits } from '../../domain/limits.ts';
import { PastArgument } from '../../domain/since.ts';
import { archiveSomeGoals, listGoalsToArchive } from '../../service/archive-goals.ts';
import { defineRoute } from './admin-route.ts';

const older_than = PastArgument.describe('nothing has changed the goals since: 90d, 2w, 2026-01-31');

const FinishedGoal = z.strictObject({
  id: z.string(),
  description: z.string().describe('its start, where it is long'),
  status: GoalStatus,
  total_tasks: z.int(),
  updated_at: z.string().describe('ISO 8601, UTC'),
});

/** What a person sees first, and then takes out of the lists: docs/decisions/archives.md. Any role may look. */
export const finishedGoalRoutes = [
  defineRoute({
    method: 'get',
    path: '/finished-goals',
    name: 'list_finished_goals',
    description: 'Goals that are completed or cancelled and that nothing has changed since, the oldest in front.',
    input: z.strictObject({ older_than, limit: z.int().min(1).max(limits.page).default(50) }),
    output: z.strictObject({ goals: z.array(FinishedGoal), total: z.int() }),
    run: ({ call }, { older_than: since, limit }) => listGoalsToArchive(call, since, limit),
  }),
  defineRoute({
    method: 'post',
    path: '/finished-goals/archive',
    name: 'archive_finished_goals',
    description: 'Takes such goals out of the lists, some thousands as one operation. undo brings them back.',
    input: z.strictObject({ older_than }),
    output: z.strictObject({
      archived: z.int(),
      left: z.int().describe('such goals that are in the lists still: repeat the request'),
      event_id: z.int().optional().describe('undo takes the operation back by this number'),
    }),
    isRepeatable: true,
    async run({ call }, { older_than: since }) {
      const done = await archiveSomeGoals(call, since);
      const { total: left } = await listGoalsToArchive(call, since, 1);
      return { archived: done?.goals ?? 0, left, ...(done !== undefined && { event_id: done.operation }) };
    },
  }),
];
