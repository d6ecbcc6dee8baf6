import { GoalAgentError } from '../../domain/errors.ts';
import { type Call, read } from '../../service/call.ts';
import { step } from '../../store/database.ts';
import type { Row } from '../../store/statement.ts';
import { exportGoals } from '../../store/statements/export-goals.ts';
import { exportNotes } from '../../store/statements/export-notes.ts';
import { exportTasks } from '../../store/statements/export-tasks.ts';

export interface PlanRows {
  goals: Row<typeof exportGoals>[];
  tasks: Row<typeof exportTasks>[];
  notes: Row<typeof exportNotes>[];
}

/**
 * The goals of the workspace with their tasks and notes, as they are at one moment; or one goal.
 *
 * @throws GoalAgentError `not_found`
 */
export async function readPlan(call: Call, goalId?: string): Promise<PlanRows> {
  const params = { workspaceId: call.store.workspaceId };
  const rows = await read(call, {
    goals: step(exportGoals, params),
    tasks: step(exportTasks, params),
    notes: step(exportNotes, params),
  });
  if (goalId === undefined) return rows;
  const goals = rows.goals.filter(({ id }) => id === goalId);
  if (goals.length === 0) throw new GoalAgentError('not_found', `${goalId} does not exist.`);
  return {
    goals,
    tasks: rows.tasks.filter((task) => task.goal_id === goalId),
    notes: rows.notes.filter((note) => note.goal_id === goalId),
  };
}
