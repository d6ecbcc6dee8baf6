import type { GoalStatus } from '../domain/goal.ts';
import { answerBudget, limits } from '../domain/limits.ts';
import { step } from '../store/database.ts';
import { listGoalsAbove } from '../store/statements/list-goals-above.ts';
import { countBelow, listSubGoals } from '../store/statements/list-sub-goals.ts';
import { type Call, read } from './call.ts';

/** How far a goal is with all that is below it. */
export interface Whole {
  /** The goals below it. */
  goals: number;
  /** The tasks of all of them, its own included. */
  total: number;
  completed: number;
}

/** A goal below another. */
export interface SubGoal {
  id: string;
  description: string;
  status: GoalStatus;
  /** Its own tasks, or where it has sub-goals all that are below it. */
  total: number;
  completed: number;
  goals: number;
}

/** What is around a goal: those above it, the next first, its sub-goals, and how far it is with all that is below. */
export interface Kin {
  above: { id: string; description: string }[];
  subGoals: SubGoal[];
  whole: Whole | undefined;
}

/** How far goals are with all that is below them. Counts are right up to 10,000 goals, and mean "at least" from there. */
export async function wholeOf(call: Call, goalIds: string[]): Promise<Map<string, Whole>> {
  if (goalIds.length === 0) return new Map();
  const { rows } = await read(call, { rows: step(countBelow, { workspaceId: call.store.workspaceId, goalIds }) });
  return new Map(
    rows.map(({ id, goals, total_tasks: total, open_tasks }) => [id, { goals, total, completed: total - open_tasks }]),
  );
}

/** Of a goal that has a parent or sub-goals. */
export async function kinOf(call: Call, goalId: string): Promise<Kin> {
  const { workspaceId } = call.store;
  const { above, children } = await read(call, {
    above: step(listGoalsAbove, { workspaceId, goalIds: [goalId] }),
    children: step(listSubGoals, { workspaceId, textLimit: answerBudget.listText, goalId, limit: limits.page }),
  });
  const parents = children.filter(({ total_goals }) => total_goals > 0).map(({ id }) => id);
  const wholes = await wholeOf(call, children.length > 0 ? [goalId, ...parents] : []);
  return {
    above: above.filter(({ distance }) => distance > 0).map(({ id, description }) => ({ id, description })),
    subGoals: children.map(({ id, description, status, total_tasks: total, open_tasks }) => ({
      id,
      description,
      status: status as GoalStatus, // the column's own type
      ...(wholes.get(id) ?? { total, completed: total - open_tasks, goals: 0 }),
    })),
    whole: wholes.get(goalId),
  };
}
