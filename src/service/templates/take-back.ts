import { GoalAgentError } from '../../domain/errors.ts';
import { type Image, same } from '../../domain/event.ts';
import { asJson } from '../../domain/json.ts';
import { isOfTemplate, type PastEvent } from '../../domain/undo/rows.ts';
import { type Run, step } from '../../store/database.ts';
import { holdWorkspace } from '../../store/statements/lock-workspace.ts';
import { deleteTemplate, lockTemplate, putTemplate } from '../../store/statements/templates.ts';
import { workspaceIsGone } from '../../store/workspace-is-gone.ts';
import type { Recording } from '../call.ts';
import { nextTime } from './next-time.ts';
import { changedColumns, rowOf, type TemplateRow, tell, templateImage, templateOf } from './templates.ts';

/** A template that operations changed, with the sum of their changes. */
export interface UndoneTemplate {
  name: string;
  operations: number[];
  /** Its columns before the first change, those that changed; null where it was not there. */
  first: Image | null;
  /** The same after the last one. */
  last: Image | null;
  /** As it is now; it is locked. */
  now: TemplateRow | undefined;
}

/**
 * The templates that these events changed, as an undo finds them.
 * @throws GoalAgentError `conflict` where somebody changed one of them since.
 */
export async function planTemplates(
  run: Run,
  workspaceId: number,
  events: readonly PastEvent[],
): Promise<UndoneTemplate[]> {
  const changed = new Map<string, Omit<UndoneTemplate, 'now'>>();
  for (const event of events.filter(isOfTemplate)) addTo(changed, event);
  if (changed.size > 0) await run({ held: step(holdWorkspace, { workspaceId }) });
  const plans: UndoneTemplate[] = [];
  // in one order, as whoever changes several
  for (const each of [...changed.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const { locked } = await run({ locked: step(lockTemplate, { workspaceId, name: each.name }) });
    const plan = { ...each, now: locked[0] };
    if (!isAsLeft(plan)) throw changedSince(each.name);
    plans.push(plan);
  }
  return plans;
}

/** Writes the templates as they were, and the history of that. The next goal comes after now, whatever was missed. */
export async function takeTemplatesBack(
  run: Run,
  recording: Recording,
  templates: readonly UndoneTemplate[],
): Promise<void> {
  const { workspaceId } = recording;
  for (const { name, operations, first, now } of templates) {
    const before = now === undefined ? null : templateImage(now);
    const wanted = first === null ? null : { ...before, ...first };
    const row = wanted === null ? undefined : await put(run, workspaceId, wanted);
    if (wanted === null && now !== undefined) await run({ deleted: step(deleteTemplate, { workspaceId, name }) });
    const columns = changedColumns(before, row === undefined ? null : templateImage(row));
    await tell(run, recording, { action: 'template_undone', ...columns, undoes: operations });
  }
}

async function put(run: Run, workspaceId: number, image: Image): Promise<TemplateRow> {
  const { name, body, rule, time_zone: timeZone, starts_at: startsAt, parameters } = image as unknown as TemplateRow; // all of its columns
  const { recurrence } = templateOf({ ...(image as unknown as TemplateRow), next_at: null, last_goal_id: null });
  const nextAt = recurrence === null ? null : await nextTime(recurrence, new Date());
  const params = { workspaceId, name, body, rule, timeZone, startsAt, parameters, nextAt };
  const { row } = await run({ row: step(putTemplate, { ...params, body: asJson(body as object) }) });
  if (row.length === 0) throw workspaceIsGone();
  return rowOf(row, name);
}

function addTo(changed: Map<string, Omit<UndoneTemplate, 'now'>>, { before, after, operation }: PastEvent): void {
  const name = String((after ?? before)?.name);
  const known = changed.get(name);
  if (known === undefined) changed.set(name, { name, operations: [operation], first: before, last: after });
  else {
    // what a later change says of a column that an earlier one left alone was so before both
    if (known.first !== null && before !== null) known.first = { ...before, ...known.first };
    known.last = after === null ? null : { ...known.last, ...after };
    if (!known.operations.includes(operation)) known.operations.push(operation);
  }
}

function isAsLeft({ last, now }: UndoneTemplate): boolean {
  if (last === null || now === undefined) return last === null && now === undefined;
  const image = templateImage(now);
  return Object.entries(last).every(([column, value]) => same(image[column], value));
}

function changedSince(name: string): GoalAgentError {
  return new GoalAgentError(
    'conflict',
    `Nothing was undone: the template ${name} has changed since. Undo what changed it first, or save it as it is to be.`,
  );
}
