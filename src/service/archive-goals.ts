import type { GoalStatus } from '../domain/goal.ts';
import { answerBudget } from '../domain/limits.ts';
import { type Since, sinceParams } from '../domain/since.ts';
import { step } from '../store/database.ts';
import { followGoals } from '../store/follow-goals.ts';
import {
  archiveGoals as archiveStatement,
  listFinishedGoals,
  lockFinishedGoals,
  recordArchived,
} from '../store/statements/archive-goals.ts';
import { lockGraphExclusive } from '../store/statements/lock-graph.ts';
import { type Call, read, transact } from './call.ts';
import { requireRole } from './caller.ts';

/** A goal that would be archived. */
export interface FinishedGoal {
  id: string;
  description: string;
  status: GoalStatus;
  total_tasks: number;
  updated_at: string;
}

/** Goals of one operation: others wait for it. */
const goalsAtOnce = 2_000;

interface Archived {
  operation: number;
  goals: number;
}

/** The goals that are completed or cancelled and that nothing has changed since then, the oldest first, and how many there are. */
export async function listGoalsToArchive(
  call: Call,
  since: Since,
  limit: number,
): Promise<{ goals: FinishedGoal[]; total: number }> {
  const { workspaceId } = call.store;
  const { rows } = await read(call, {
    rows: step(listFinishedGoals, { workspaceId, ...sinceParams(since), textLimit: answerBudget.listText, limit }),
  });
  return {
    goals: rows.map(({ total: _, ...row }) => ({ ...row, status: row.status as GoalStatus })), // the column's own type
    total: rows[0]?.total ?? 0,
  };
}

/**
 * Takes these goals out of the lists, some thousands in one operation. Each operation can be taken back.
 *
 * @param archived told of the goals that are archived so far
 * @throws GoalAgentError `forbidden` for who is no admin.
 */
export async function archiveGoals(
  call: Call,
  since: Since,
  archived: (goals: number) => void,
): Promise<{ goals: number; operations: number[] }> {
  const operations: number[] = [];
  let goals = 0;
  for (;;) {
    const done = await archiveSomeGoals(call, since);
    if (done === undefined) return { goals, operations };
    operations.push(done.operation);
    goals += done.goals;
    archived(goals);
  }
}

/**
 * Takes some thousands of these goals out of the lists, as one operation. Undefined where there is none.
 *
 * @throws GoalAgentError `forbidden` for who is no admin.
 */
export async function archiveSomeGoals(call: Call, since: Since): Promise<Archived | undefined> {
  requireRole(call, 'admin', 'archive goals by their age');
  const { workspaceId } = call.store;
  return transact(call, async (run, record) => {
    const { locked } = await run({
      graph: step(lockGraphExclusive, { workspaceId }),
      locked: step(lockFinishedGoals, { workspaceId, ...sinceParams(since), limit: goalsAtOnce }),
    });
    if (locked.length === 0) return undefined;
    const goalIds = locked.map(({ id }) => id);
    const recorded = await record();
    await run({
      recorded: step(recordArchived, { ...recorded, goalIds }),
      archived: step(archiveStatement, { workspaceId, goalIds }),
      ...followGoals(workspaceId, goalIds),
    });
    return { operation: recorded.operation, goals: goalIds.length };
  });
}
