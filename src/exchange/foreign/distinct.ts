import { writeJson } from '../../domain/json-text.ts';
import { storable } from '../../legacy/report.ts';
import type { ForeignGoal, ForeignPlan, ForeignTask } from './plan.ts';

/**
 * The plan with each ID once. Two entries with one ID are both kept, since they may be two pieces of work: the second
 * gets a number behind its ID, and references mean the first. An entry that is there twice word for word is left out.
 */
export function distinct({ goals, tasks, leftOut }: ForeignPlan): ForeignPlan {
  const plan: ForeignPlan = { goals: [], tasks: [], leftOut: [...leftOut] };
  plan.goals = each(
    goals.map((goal) => ({ ...storableIds(goal), parent: goal.parent && storable(goal.parent) })),
    plan,
  );
  plan.tasks = each(
    tasks.map((task) => ({
      ...storableIds(task),
      goal: storable(task.goal),
      parent: task.parent && storable(task.parent),
    })),
    plan,
  );
  return plan;
}

function each<T extends ForeignGoal | ForeignTask>(rows: readonly T[], plan: ForeignPlan): T[] {
  const byId = new Map<string, T>();
  const copies = new Map<string, number>();
  for (const row of rows) {
    const first = byId.get(row.id);
    if (first === undefined) {
      byId.set(row.id, row);
    } else if (writeJson(first) === writeJson(row)) {
      plan.leftOut.push({ where: row.id, message: 'it is there twice, word for word' });
    } else {
      const number = (copies.get(row.id) ?? 1) + 1;
      copies.set(row.id, number);
      byId.set(`${row.id}#${number}`, renamed(row, number));
    }
  }
  return [...byId.values()];
}

function renamed<T extends ForeignGoal | ForeignTask>(row: T, number: number): T {
  const message = `its ID ${row.id} is that of another entry, which references mean`;
  return {
    ...row,
    id: `${row.id}#${number}`,
    told: [...row.told, { kind: 'duplicate_id', field: 'id', message, verbatim: row.id }],
  };
}

/** The report of an import keeps the IDs. */
function storableIds<T extends ForeignGoal | ForeignTask>(row: T): T {
  return { ...row, id: storable(row.id), dependencies: row.dependencies.map(storable) };
}
