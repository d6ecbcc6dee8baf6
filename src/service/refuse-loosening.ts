import { type Criterion, loosened, onlyAPerson, unmetOf } from '../domain/criteria.ts';
import { PersonNeededError } from '../domain/errors.ts';
import type { Image } from '../domain/event.ts';
import type { Surroundings } from '../domain/undo/obstacles.ts';
import { goalBefore, isChanged, isChanging, type UndoneRow } from '../domain/undo/rows.ts';

/** What only a person changes, only a person takes back. */
export function refuseLoosening(rows: UndoneRow[], now: Surroundings): void {
  for (const row of rows.filter(isChanging)) {
    if (row.kind === 'task' && isChanged(row, 'criteria')) {
      const loose = loosened(criteriaIn(now.tasks.get(row.id)), criteriaIn(row.first));
      if (loose.length > 0) throw onlyAPerson(row.id, loose);
    }
    if (row.kind === 'task' && isChanged(row, 'goal_id') && leavesStrict(row, now)) {
      throw new PersonNeededError(
        `Nothing was undone: ${row.id} would leave a strict goal, and a person has yet to meet a criterion of it.`,
      );
    }
    if (row.kind === 'goal' && row.first.strict === false && now.goals.get(row.id)?.strict === true) {
      throw new PersonNeededError(`Nothing was undone: only a person takes strict away from ${row.id}.`);
    }
  }
}

/** Whether a task goes back to a goal that is not strict, while a person's word is missing. */
function leavesStrict(row: UndoneRow, now: Surroundings): boolean {
  const task = now.tasks.get(row.id);
  const isStrict = (goalId: string) => now.goals.get(goalId)?.strict === true;
  const waits = unmetOf(criteriaIn(task)).some(({ human }) => human === true);
  return waits && isStrict(String(task?.goal_id)) && !isStrict(goalBefore(row));
}

/** The image of a task as it was before there were criteria has none. */
function criteriaIn(image: Image | undefined): Criterion[] {
  return (image?.criteria ?? []) as unknown as Criterion[];
}
