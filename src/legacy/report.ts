import { z } from 'zod';
import { writeJson } from '../domain/json-text.ts';

/** The kinds of changes that an import makes, each with its meaning. */
export const changeKinds = {
  missing_dependency: 'a dependency on a task that is not there was left out',
  duplicate_dependency: 'a dependency that was named twice is kept once',
  cycle: 'a dependency or a parent that closed a cycle was left out',
  parent_left_out: 'a parent that is not there, or that takes no sub-goals, was left out',
  missing_goal: 'a task whose goal is not there got a recovered goal',
  listed_task_missing: 'a goal listed a task that is not there',
  listed_task_elsewhere: 'a goal listed a task that belongs to another goal',
  task_not_listed: "a task's goal did not list it",
  task_order: "a goal's list of tasks is now in the order of their numbers",
  id_mismatch: "a record's id was not the key that it is stored under",
  new_id: 'a record got a new ID',
  unknown_status: 'a status that does not exist was replaced',
  unknown_priority: 'a priority that does not exist was replaced',
  goal_completed: 'a goal in progress whose tasks are all completed was completed',
  missing_field: 'a field that was missing or null got its default',
  wrong_type: 'a value of another type was turned into the one that belongs there, or left out',
  extra_field: 'a field that does not exist was kept in the metadata, or here',
  timestamp: 'a timestamp was filled in or written differently',
  completed_at: 'the time of completion was made to fit the status',
  text: 'characters that cannot be stored were replaced by U+FFFD',
  over_limit: 'a value over the limit was cut or left out',
  number: 'a number that cannot be kept exactly was replaced',
  duplicate_key: 'of two entries under one key the last counts',
  counter: 'a counter was lower than the IDs in use, or unusable',
  already_there: 'a row of this ID was there already and was left as it is',
  overwritten: 'a row of this ID was there already and was overwritten',
  sources_disagree: 'JSON files and Redis had different versions; the newer one counts',
  left_out: 'an entry that is neither a goal nor a task was left out',
  duplicate_id: 'an ID was that of two entries; the second got another',
  deleted_in_snapshot: 'a key older than the snapshot, which no longer has it, was left out',
} as const;

export type ChangeKind = keyof typeof changeKinds;

const Counts = z.object({ goals: z.int(), tasks: z.int(), dependencies: z.int() });
export type Counts = z.infer<typeof Counts>;

/** One change that an import made. `verbatim` is JSON text: the original value, which a column could not hold. */
export const Change = z.object({
  kind: z.enum(Object.keys(changeKinds) as [ChangeKind, ...ChangeKind[]]),
  /** The goal or task, by the ID that it has now; a counter by its name. */
  id: z.string(),
  field: z.string().optional(),
  message: z.string(),
  verbatim: z.string().optional(),
});
export type Change = z.infer<typeof Change>;

/** The IDs of new rows, by the IDs that another tool gave them. */
const ImportedIds = z.object({ goals: z.record(z.string(), z.string()), tasks: z.record(z.string(), z.string()) });
export type ImportedIds = z.infer<typeof ImportedIds>;

/** The report of an import: printed, kept in `imports`, and shown again by `goal-agent import report`. */
export const ImportReport = z.object({
  source: z.string(),
  timezone: z.string(),
  /** Records in the source. */
  found: Counts,
  /** Rows that were written, or would be in a dry run. */
  imported: Counts,
  changes: z.array(Change),
  /** Of another tool's files: what its IDs are known by, so that a later import sees which are here already. */
  origin: z.string().optional(),
  ids: ImportedIds.optional(),
  /** The parents of new goals, both by the IDs that they have here. */
  parents: z.record(z.string(), z.string()).optional(),
});
export type ImportReport = z.infer<typeof ImportReport>;

/** Collects changes while records are checked. */
export class Changes {
  readonly list: Change[] = [];

  /**
   * The changes of one record together, goals first. The changes of rows that existed come last, since these may be all
   * rows.
   */
  sorted(): Change[] {
    const rank = ({ kind }: Change) => Number(kind === 'already_there' || kind === 'overwritten');
    return this.list.toSorted((a, b) => rank(a) - rank(b) || byId.compare(a.id, b.id));
  }

  add(
    kind: ChangeKind,
    id: string,
    message: string,
    more: { field?: string | undefined; verbatim?: unknown; raw?: string } = {},
  ): void {
    this.list.push({
      kind,
      // an ID can be any text in a broken file, and the report has to be storable
      id: storable(id),
      ...(more.field !== undefined && { field: storable(more.field) }),
      message: storable(message),
      ...(more.verbatim !== undefined && { verbatim: writeJson(more.verbatim) }),
      ...(more.raw !== undefined && { verbatim: storable(more.raw) }),
    });
  }
}

const byId = new Intl.Collator('en', { numeric: true });

/** The text with U+FFFD for every character that PostgreSQL cannot hold (NUL, lone surrogates). */
export function storable(text: string): string {
  return text.replace(/\0|\p{Surrogate}/gu, '\ufffd');
}
