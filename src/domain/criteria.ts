import type { NewCriterion } from './criterion-text.ts';
import { GoalAgentError, PersonNeededError } from './errors.ts';
import { limits } from './limits.ts';
import { quoted } from './stored-text.ts';

/** One thing that has to be so before a task is done. It is met where it has `met_at`. */
export interface Criterion {
  text: string;
  /** Only a person meets it. */
  human?: boolean | undefined;
  met_by?: string | undefined;
  met_at?: string | undefined;
}

/** A criterion of a task: its place in the list, from 1, or its text. */
export type CriterionRef = number | string;

export function newCriterion({ text, human }: NewCriterion): Criterion {
  return human === true ? { text, human } : { text };
}

export const isMet = ({ met_at }: Criterion) => met_at !== undefined;

/** A change to a task's criteria. */
export interface CriteriaChange {
  /** The whole list. A criterion whose text is there already stays met. */
  set?: NewCriterion[] | undefined;
  add?: NewCriterion[] | undefined;
  remove?: CriterionRef[] | undefined;
  meet?: CriterionRef[] | undefined;
  unmeet?: CriterionRef[] | undefined;
}

/** Who changes criteria, and when. */
export interface CriteriaChanger {
  taskId: string;
  actor: string;
  isPerson: boolean;
  /** ISO 8601 in UTC. */
  at: string;
}

/**
 * The criteria after a change. Places are those before it.
 *
 * @throws GoalAgentError `not_found` for a criterion that the task does not have; `forbidden` where an agent changes what
 *   only a person may; `invalid` for too many.
 */
export function changeCriteria(
  before: readonly Criterion[],
  change: CriteriaChange,
  { taskId, actor, isPerson, at }: CriteriaChanger,
): Criterion[] {
  const places = (refs: readonly CriterionRef[] = []) => new Set(refs.map((ref) => placeOf(before, ref, taskId)));
  const [met, unmet, removed] = [places(change.meet), places(change.unmeet), places(change.remove)];
  const marked = before.map((criterion, place) => {
    const { met_by: _by, met_at: _at, ...open } = criterion;
    if (unmet.has(place)) return open;
    return met.has(place) && !isMet(criterion) ? { ...open, met_by: actor, met_at: at } : criterion;
  });
  const known = new Map(marked.map((each) => [each.text, each]));
  const kept = marked.filter((_, place) => !removed.has(place));
  const listed = change.set === undefined ? kept : change.set.map((each) => replacement(each, known.get(each.text)));
  const texts = new Set(listed.map(({ text }) => text));
  const after = [...listed, ...(change.add ?? []).filter(({ text }) => !texts.has(text)).map(newCriterion)];
  if (after.length > limits.criteria) {
    throw new GoalAgentError(
      'invalid',
      `${taskId} would have ${after.length} criteria; the limit is ${limits.criteria}.`,
    );
  }
  const loose = isPerson ? undefined : loosened(before, after)[0];
  if (loose !== undefined) throw onlyAPerson(taskId, [loose]);
  return after;
}

/** A criterion of a list that is given whole. What is not said of one that is there stays; one that is left to a person now is to be met by one. */
function replacement(given: NewCriterion, was: Criterion | undefined): Criterion {
  if (was === undefined) return newCriterion(given);
  const isHuman = given.human ?? was.human === true;
  if (isHuman === (was.human === true)) return was;
  const { human: _, ...open } = was;
  return isHuman ? { text: was.text, human: true } : open;
}

function placeOf(criteria: readonly Criterion[], ref: CriterionRef, taskId: string): number {
  const place = typeof ref === 'number' ? ref - 1 : criteria.findIndex(({ text }) => text === ref);
  if (place >= 0 && place < criteria.length) return place;
  throw noCriterion(taskId, [ref], criteria.length);
}

/** The criteria which only a person meets that are met, taken back, left to agents or gone between two lists. */
export function loosened(before: readonly Criterion[], after: readonly Criterion[]): NamedCriterion[] {
  const had = new Map(before.map((each) => [each.text, each]));
  const has = new Map(after.map((each) => [each.text, each]));
  const changed = placed(before).filter(({ text, human, ...was }) => {
    const now = has.get(text);
    return human === true && (now?.human !== true || isMet(now) !== isMet({ text, ...was }));
  });
  const metAtOnce = placed(after).filter(
    (now) => now.human === true && isMet(now) && had.get(now.text)?.human !== true,
  );
  return [...changed, ...metAtOnce];
}

function placed(criteria: readonly Criterion[]) {
  return criteria.map((criterion, place) => ({ ...criterion, place: place + 1 }));
}

/** What is left to be met, with its place. */
export function unmetOf(criteria: readonly Criterion[]): NamedCriterion[] {
  return placed(criteria).filter((each) => !isMet(each));
}

/** A criterion that a refusal names, with its place from 1. */
export interface NamedCriterion {
  place: number;
  text: string;
  human?: boolean | null | undefined;
}

const namedAtMost = 5;

/** `2 "tests pass"`, and how many more there are. */
export function nameCriteria(criteria: readonly NamedCriterion[]): string {
  const named = criteria
    .slice(0, namedAtMost)
    .map(({ place, text, human }) => `${place} ${quoted(text, 80)}${human === true ? ' (only a person)' : ''}`)
    .join(', ');
  return criteria.length > namedAtMost ? `${named} and ${criteria.length - namedAtMost} more` : named;
}

/** How a person meets what no agent may. */
const byAPerson = (taskId: string) => `a person does so on the board, or with goal-agent task meet ${taskId}`;

/** The reason why a task of a strict goal is not completed, and the way out. */
export function describeUnmet(taskId: string, goalId: string, unmet: readonly NamedCriterion[]): string {
  const own = unmet.filter(({ human }) => human !== true);
  const ways = [
    ...(own.length > 0 ? ['name those that are so in criteria_met'] : []),
    ...(own.length < unmet.length ? [`for what only a person may meet, ${byAPerson(taskId)}`] : []),
  ];
  return `${taskId} is not completed, since ${goalId} is strict and not all of its criteria are met: ${nameCriteria(unmet)}. To meet them, ${ways.join('; ')}.`;
}

/** Why a change of a task's status left it alone, as the function of the schema tells it. */
export interface CriteriaRefusal {
  task_id: string;
  /** Of a strict goal. */
  goal_id?: string;
  unmet?: NamedCriterion[];
  unknown_criteria?: CriterionRef[] | null;
  for_person?: NamedCriterion[] | null;
  criteria_count?: number;
}

export function criteriaRefusal(refusal: CriteriaRefusal): GoalAgentError {
  const { task_id, goal_id = '', unmet, unknown_criteria, for_person, criteria_count = 0 } = refusal;
  if (unmet !== undefined) return new GoalAgentError('conflict', describeUnmet(task_id, goal_id, unmet));
  if (unknown_criteria != null) return noCriterion(task_id, unknown_criteria, criteria_count);
  return onlyAPerson(task_id, for_person ?? []);
}

/** An agent does not meet these criteria, nor changes them. */
export function onlyAPerson(taskId: string, criteria: readonly NamedCriterion[]): GoalAgentError {
  const named = nameCriteria(criteria.map(({ human: _, ...each }) => each));
  return new PersonNeededError(
    `${taskId} was not changed: only a person meets, takes back or changes criterion ${named}; ${byAPerson(taskId)}.`,
  );
}

function noCriterion(taskId: string, refs: readonly CriterionRef[], count: number): GoalAgentError {
  const named = refs.map((ref) => (typeof ref === 'number' ? String(ref) : quoted(ref, 80))).join(', ');
  const has = count === 0 ? 'it has none' : `it has 1 to ${count}, and get_task shows them`;
  return new GoalAgentError('not_found', `${taskId} was not changed: it has no criterion ${named}; ${has}.`);
}

/** What happened to a list of criteria, in words: `met criterion 2 "tests pass"`. */
export function describeCriteriaChange(before: readonly Criterion[], after: readonly Criterion[]): string[] {
  const had = new Map(before.map((each) => [each.text, each]));
  const has = new Set(after.map(({ text }) => text));
  const said = (verb: string, { text }: Criterion, place: number) =>
    `${verb} criterion ${place + 1} ${quoted(text, 60)}`;
  const now = after.flatMap((criterion, place) => {
    const was = had.get(criterion.text);
    const verbs = [
      ...(was === undefined ? [criterion.human === true ? 'added human' : 'added'] : []),
      ...(was !== undefined && was.human !== criterion.human
        ? [criterion.human === true ? 'left to a person' : 'no longer left to a person:']
        : []),
      ...(isMet(criterion) && (was === undefined || !isMet(was)) ? ['met'] : []),
      ...(was !== undefined && isMet(was) && !isMet(criterion) ? ['took back'] : []),
    ];
    return verbs.map((verb) => said(verb, criterion, place));
  });
  const gone = before.flatMap((each, place) => (has.has(each.text) ? [] : [said('removed', each, place)]));
  const all = [...now, ...gone];
  return all.length > 0 ? all : ['criteria in another order'];
}
