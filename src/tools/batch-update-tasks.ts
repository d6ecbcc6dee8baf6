import { z } from 'zod';
import { CriterionRefs } from '../domain/criteria-input.ts';
import { TaskId } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import { TaskStatus } from '../domain/task-status.ts';
import { DeferUntil } from '../domain/when.ts';
import { setTaskStatuses } from '../service/set-task-statuses.ts';
import { Budget, Persistence, persistence } from './answers/answers.ts';
import { refuseWithoutItsStatus, unmetWarning, waitingWarning } from './answers/closed-or-later.ts';
import { defineTool, sets } from './define/define-tool.ts';
import { unlisted } from './define/listed-schema.ts';
import { ResultArgument, shownReady } from './update-task-status.ts';

const Update = z.strictObject({
  task_id: TaskId,
  status: TaskStatus,
  result: ResultArgument,
  waive: unlisted(z.boolean().optional()),
  defer_until: unlisted(DeferUntil.optional()),
  criteria_met: unlisted(CriterionRefs.optional()),
});

const Outcome = z.object({
  successful: z.array(z.string()),
  failed: z.array(z.object({ task_id: z.string(), error: z.string() })),
  failed_not_shown: z.number().int().optional(),
  total: z.number().int(),
  made_ready: z.array(z.string()),
  warnings: z.array(z.string()).optional(),
});

export const batchUpdateTasks = defineTool({
  name: 'batch_update_tasks',
  description: 'Say how several tasks stand; failed has what could not be saved.',
  input: z.strictObject({ updates: z.array(Update).min(1).max(limits.updatesPerCall) }),
  output: Outcome,
  whole: Outcome.extend({ _persistence: Persistence }),
  hints: sets,
  async run(context, { updates }) {
    for (const update of updates) refuseWithoutItsStatus('batch_update_tasks', update);
    const changes = updates.map(({ task_id, status, result, waive, defer_until, criteria_met }) => ({
      taskId: task_id,
      status,
      result,
      waive,
      deferUntil: defer_until,
      meet: criteria_met,
    }));
    const {
      changed,
      tooEarly,
      inCancelled,
      leftWaiting,
      unmet,
      failed: refused,
      madeReady,
    } = await setTaskStatuses(await context.open(), changes);
    const budget = new Budget();
    const successful = budget.spend(changed);
    const made_ready = budget.spend(madeReady.slice(0, shownReady));
    const warnings = budget.spend([
      ...warningOf('Completed while some of what they depend on is not', tooEarly),
      ...warningOf('Completed, but their goals are cancelled or archived', inCancelled),
      ...waitingWarning(
        updates.filter(({ status }) => status === 'cancelled').map(({ task_id }) => task_id),
        leftWaiting,
      ),
      ...unmet.slice(0, namedInWarning).map(unmetWarning),
    ]);
    const failed = budget.firstOf(refused.map(({ taskId, error }) => ({ task_id: taskId, error })));
    const notShown = refused.length - failed.length;
    return {
      successful,
      failed,
      ...(notShown > 0 && { failed_not_shown: notShown }),
      total: updates.length,
      made_ready,
      ...(warnings.length > 0 && { warnings }),
      ...(context.isWhole && {
        _persistence: persistence(
          context.facts().cache.enabled,
          `${changed.length} ${changed.length === 1 ? 'task' : 'tasks'} saved to PostgreSQL database`,
        ),
      }),
    };
  },
});

/** As many as fit on a line. */
const namedInWarning = 20;

function warningOf(words: string, taskIds: string[]): string[] {
  if (taskIds.length === 0) return [];
  const named = taskIds.slice(0, namedInWarning).join(', ');
  const more = taskIds.length > namedInWarning ? ` and ${taskIds.length - namedInWarning} more` : '';
  return [`${words}: ${named}${more}.`];
}
