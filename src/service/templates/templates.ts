import { isDeepStrictEqual } from 'node:util';
import { GoalAgentError } from '../../domain/errors.ts';
import { type Image, same } from '../../domain/event.ts';
import { asJson, jsonProblem } from '../../domain/json.ts';
import { applied, type Parameters, parametersOf, refuseBody, type TemplateBody } from '../../domain/templates.ts';
import { type Run, step } from '../../store/database.ts';
import type { Params, Row } from '../../store/statement.ts';
import { holdWorkspace } from '../../store/statements/lock-workspace.ts';
import { recordEvents } from '../../store/statements/record-events.ts';
import {
  deleteTemplate as deleteStatement,
  findTemplate,
  listTemplates as listStatement,
  listTemplateNames,
  lockTemplate,
  putTemplate,
} from '../../store/statements/templates.ts';
import { workspaceIsGone } from '../../store/workspace-is-gone.ts';
import { type Call, type Recording, read, transact } from '../call.ts';
import { dayIn, nextTime, type Rule, refuseRule } from './next-time.ts';

export interface Template {
  name: string;
  body: TemplateBody;
  /** In alphabetical order. */
  parameters: string[];
  /** How its goal comes back; null where it is applied by hand alone. */
  recurrence: Recurrence | null;
  createdAt: string;
  updatedAt: string;
}

export interface Recurrence extends Rule {
  parameters: Parameters;
  /** Null where no goal will come any more. */
  nextAt: string | null;
  lastGoalId: string | null;
}

/** How a goal is to come back, as a caller gives it. */
export interface WantedRecurrence {
  rule: string;
  timeZone: string;
  /** Now, where it is left out. */
  startsAt: string | undefined;
  parameters: Parameters;
}

export type TemplateRow = Row<typeof findTemplate>;

/** Templates of a workspace. */
const mostTemplates = 500;

/** @throws GoalAgentError `not_found`. */
export async function getTemplate(call: Call, name: string): Promise<Template> {
  const { found } = await read(call, { found: step(findTemplate, { workspaceId: call.store.workspaceId, name }) });
  return templateOf(rowOf(found, name));
}

/** By name, those after `after`. */
export async function listTemplates(
  call: Call,
  { after, limit }: { after: string; limit: number },
): Promise<{ templates: Template[]; total: number }> {
  const { workspaceId } = call.store;
  const { rows } = await read(call, { rows: step(listStatement, { workspaceId, after, limit }) });
  return { templates: rows.map(templateOf), total: rows[0]?.total ?? 0 };
}

/** Up to 50 names that start with this text. */
export async function completeTemplateName(call: Call, prefix: string): Promise<string[]> {
  const { workspaceId } = call.store;
  const { rows } = await read(call, { rows: step(listTemplateNames, { workspaceId, prefix, limit: 50 }) });
  return rows.map(({ name }) => name);
}

/**
 * Saves a template, in place of the one of this name. A goal that comes back by it goes on with the new one.
 * @throws GoalAgentError `invalid` for a template that could never be applied, or not with the parameters with which it comes back;
 *   `conflict` when the workspace has as many as it may.
 */
export function saveTemplate(call: Call, name: string, body: TemplateBody): Promise<Template> {
  refuseBody(name, body);
  const problem = jsonProblem(body);
  if (problem !== undefined) throw new GoalAgentError('invalid', `The template ${name} ${problem}.`);
  return changeTemplate(call, name, async (before, total) => {
    if (before === undefined && total >= mostTemplates) throw tooMany();
    const { recurrence = null } = before === undefined ? {} : templateOf(before);
    if (recurrence !== null) applied({ name, body }, recurrence.parameters, dayIn(new Date(), recurrence.timeZone));
    return { body, recurrence };
  });
}

/**
 * Has a template's goal come back by a rule, or no more (null). The goal comes when somebody looks after its time has come.
 * @throws GoalAgentError `not_found`; `invalid` for a rule, a time zone, or parameters that do not fit.
 */
export function setRecurrence(call: Call, name: string, wanted: WantedRecurrence | null): Promise<Template> {
  return changeTemplate(call, name, async (before) => {
    const { body, recurrence: current } = templateOf(rowOf(before === undefined ? [] : [before], name));
    if (wanted === null) return { body, recurrence: null };
    const now = new Date();
    const { rule, timeZone, parameters } = wanted;
    const isSame = current?.rule === rule && current.timeZone === timeZone;
    const startsAt = wanted.startsAt ?? (isSame ? current.startsAt : toMinute(now));
    await refuseRule({ rule, timeZone, startsAt }, now);
    applied({ name, body }, parameters, dayIn(now, timeZone));
    const nextAt = await nextTime({ rule, timeZone, startsAt }, now);
    return { body, recurrence: { rule, timeZone, startsAt, parameters, nextAt, lastGoalId: null } };
  });
}

/** @throws GoalAgentError `not_found`. */
export function deleteTemplate(call: Call, name: string): Promise<Template> {
  const { workspaceId } = call.store;
  return transact(call, async (run, record) => {
    const { deleted } = await run({ deleted: step(deleteStatement, { workspaceId, name }) });
    const row = rowOf(deleted, name);
    await tell(run, await record(), { action: 'template_deleted', before: templateImage(row), after: null });
    return templateOf(row);
  });
}

type Wanted = Pick<Template, 'body' | 'recurrence'>;

/** Writes what `make` makes of a template, and tells of it; where that is what was there, nothing is written. */
function changeTemplate(
  call: Call,
  name: string,
  make: (before: TemplateRow | undefined, total: number) => Promise<Wanted>,
): Promise<Template> {
  const { workspaceId } = call.store;
  return transact(call, async (run, record) => {
    const { locked, listed } = await run({
      held: step(holdWorkspace, { workspaceId }),
      locked: step(lockTemplate, { workspaceId, name }),
      listed: step(listStatement, { workspaceId, after: '', limit: 1 }),
    });
    const [before] = locked;
    const wanted = await make(before, listed[0]?.total ?? 0);
    const params = putParams(workspaceId, name, wanted);
    if (before !== undefined && isSaid(before, params)) return templateOf(before);
    const recording = await record();
    const { put } = await run({ put: step(putTemplate, params) });
    const [row] = put;
    if (row === undefined) throw workspaceIsGone();
    await tell(run, recording, {
      action: 'template_saved',
      ...changedColumns(before === undefined ? null : templateImage(before), templateImage(row)),
    });
    return templateOf(row);
  });
}

function putParams(workspaceId: number, name: string, { body, recurrence }: Wanted): Params<typeof putTemplate> {
  return {
    ...{ workspaceId, name, body: asJson(body) },
    ...{ rule: recurrence?.rule ?? null, timeZone: recurrence?.timeZone ?? null },
    ...{ startsAt: recurrence?.startsAt ?? null, nextAt: recurrence?.nextAt ?? null },
    parameters: recurrence === null ? null : asJson(recurrence.parameters),
  };
}

/** Whether a row says this already. */
function isSaid(row: TemplateRow, { body, rule, timeZone, parameters, startsAt }: Params<typeof putTemplate>): boolean {
  return (
    isDeepStrictEqual(row.body, body) &&
    row.rule === rule &&
    row.time_zone === timeZone &&
    isDeepStrictEqual(row.parameters, parameters) &&
    timeOf(row.starts_at) === timeOf(startsAt)
  );
}

/** Times come in more than one precision. */
function timeOf(at: string | null): number | null {
  return at === null ? null : Date.parse(at);
}

interface Told {
  action: string;
  before: Image | null;
  after: Image | null;
  undoes?: number[];
}

/** A template is of no goal. */
export async function tell(run: Run, recording: Recording, told: Told): Promise<void> {
  const events = asJson([{ goal_id: '', task_id: null, ...told }]);
  await run({ events: step(recordEvents, { ...recording, events }) });
}

/** The columns that people give; when the next goal comes follows from them. */
export function templateImage({ name, body, rule, time_zone, starts_at, parameters }: TemplateRow): Image {
  return { name, body, rule, time_zone, starts_at, parameters };
}

/** The name, and what differs; all where there was or is no row. */
export function changedColumns(before: Image | null, after: Image | null) {
  if (before === null || after === null) return { before, after };
  const keys = Object.keys(after).filter((key) => key === 'name' || !same(before[key], after[key]));
  const pick = (image: Image) => Object.fromEntries(keys.map((key) => [key, image[key] ?? null]));
  return { before: pick(before), after: pick(after) };
}

export function templateOf(row: TemplateRow): Template {
  const body = row.body as unknown as TemplateBody; // as it was checked when it was saved
  const { rule, time_zone: timeZone, starts_at: startsAt } = row;
  const whole = rule !== null && timeZone !== null && startsAt !== null;
  const parameters = (row.parameters ?? {}) as Parameters;
  return {
    name: row.name,
    body,
    parameters: parametersOf(body),
    recurrence: whole
      ? { rule, timeZone, startsAt, parameters, nextAt: row.next_at, lastGoalId: row.last_goal_id }
      : null,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function rowOf(rows: TemplateRow[], name: string): TemplateRow {
  const [row] = rows;
  if (row !== undefined) return row;
  throw new GoalAgentError(
    'not_found',
    `There is no template ${name}. list_templates shows those that there are; save_template makes one.`,
  );
}

function toMinute(at: Date): string {
  return `${at.toISOString().slice(0, 16)}:00.000Z`;
}

function tooMany(): GoalAgentError {
  return new GoalAgentError(
    'conflict',
    `This workspace has as many templates as it may (${mostTemplates}); delete one that nobody needs with delete_template.`,
  );
}
