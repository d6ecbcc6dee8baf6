import { v7 as uuidv7 } from 'uuid';
import { applied, type NewWork } from '../../domain/templates.ts';
import { step } from '../../store/database.ts';
import type { Row } from '../../store/statement.ts';
import { listDueTemplates, lockDueTemplates, moveTemplateOn } from '../../store/statements/templates.ts';
import { type Call, makeOperation, read } from '../call.ts';
import { makeWork, type NumberedWork, withNumbers } from './apply.ts';
import { dayIn, nextTime, type Rule } from './next-time.ts';
import { templateOf } from './templates.ts';

/** Goals that one look makes. */
const madeAtOnce = 5;

/** Who looks: nothing is done in its name. */
type Looking = Pick<Call, 'store' | 'signal' | 'operationId'>;

/** A template whose goal is due. */
interface Due {
  name: string;
  revision: number;
  /** After now: what was missed in a pause is made up for once. */
  nextAt: string | null;
  /** Undefined where the template cannot be applied any more. */
  work: NumberedWork | undefined;
}

/**
 * Makes the goals whose time has come, and says whether there were any. Nobody did that, and no process has to run for it:
 * whoever looks first makes them. A request is one transaction, which reads what it began with; and where the database takes
 * no writes, what is read is shown as it is.
 */
export async function makeDueGoals(call: Looking): Promise<boolean> {
  if (call.operationId !== undefined) return false;
  try {
    return await makeGoals(call);
  } catch {
    return false;
  }
}

async function makeGoals(call: Looking): Promise<boolean> {
  const { workspaceId, database } = call.store;
  const { rows } = await read(call, { rows: step(listDueTemplates, { workspaceId, limit: madeAtOnce }) });
  const due: Due[] = [];
  for (const row of rows) {
    const { name, revision } = row;
    const template = templateOf(row);
    const { recurrence } = template;
    if (recurrence === null) continue;
    const nextAt = await nextTime(recurrence, new Date(row.now)).catch(() => null);
    const day = dayIn(new Date(await lastTime(recurrence, row)), recurrence.timeZone);
    const work = await workOf(call, () => applied(template, recurrence.parameters, day));
    due.push({ name, revision, nextAt, work });
  }
  if (due.length === 0) return false;
  const operationId = uuidv7();
  const made = due.reduce((sum, { work }) => sum + 1 + (work?.subtasks.length ?? 0), 0);
  const operation = { workspaceId, id: operationId, actor: 'goal-agent' };
  await database.change(
    { ...operation, rows: made },
    async (run, isBegun) => {
      const names = due.map(({ name }) => name);
      const { locked } = await run({ locked: step(lockDueTemplates, { workspaceId, names }) });
      // what another process made, or somebody changed, since it was read is not made here
      const revisions = new Map(locked.map(({ name, revision }) => [name, revision]));
      const left = due.filter(({ name, revision }) => revisions.get(name) === revision);
      if (left.length === 0) return;
      const recording = await makeOperation(run, { ...operation, isBegun });
      for (const { name, nextAt, work } of left) {
        const goal = work && (await makeWork(run, { recording, operationId, actor: operation.actor, work }));
        await run({ moved: step(moveTemplateOn, { workspaceId, name, nextAt, lastGoalId: goal?.goalId ?? null }) });
      }
    },
    { signal: call.signal },
  );
  return true;
}

/** When the goal was due: after a pause in which several were, that is now. */
async function lastTime(recurrence: Rule, { next_at, now }: Row<typeof listDueTemplates>): Promise<string> {
  if (next_at === null) return now;
  const following = await nextTime(recurrence, new Date(next_at)).catch(() => null);
  return following !== null && following <= now ? now : next_at;
}

/** Its parameters fitted when the rule was set: only limits that became stricter since keep it from being applied. */
async function workOf(call: Looking, make: () => NewWork): Promise<NumberedWork | undefined> {
  let work: NewWork;
  try {
    work = make();
  } catch {
    return undefined;
  }
  return withNumbers(call, work);
}
