import { goalIdOf, taskIdOf } from '../../domain/ids.ts';
import type { Json } from '../../domain/json.ts';
import type { Changes } from '../report.ts';
import type { Records } from './records.ts';
import type { OnConflict } from './types.ts';

export type Kind = 'goal' | 'task';

/** The ID that each record has from now on. */
export interface AssignedIds {
  /** By the key that the record is stored under. */
  byKey: Map<string, string>;
  /** The ID that a reference in the old data means, or undefined when it means none of the records. */
  resolve(reference: Json | undefined): string | undefined;
  /** IDs that no record had before, in the order in which they were given. */
  create(): string;
  /** How many IDs were created. */
  created(): number;
  /** The highest number in use. */
  highest(): number;
}

interface Assignment {
  kind: Kind;
  heads: Records['heads'];
  existing: ReadonlyMap<string, string>;
  onConflict: OnConflict;
  /** The first number that may be given to a record without an ID of its own. */
  firstNew: number;
  /** References to records that may be missing. No other record may get these IDs. */
  mentioned: Iterable<Json | undefined>;
  changes: Changes;
}

const form = { goal: /^\s*GOAL-(\d{1,14})\s*$/i, task: /^\s*TASK-(\d{1,14})\s*$/i };
const idOf = { goal: goalIdOf, task: taskIdOf };

/** The number in an ID as v2 wrote it, or undefined when the text is no ID. */
export function numberIn(kind: Kind, text: unknown): number | undefined {
  const digits = typeof text === 'string' ? form[kind].exec(text)?.[1] : undefined;
  return digits === undefined ? undefined : Number(digits);
}

/** The ID in the stored form, or undefined when the text is no ID. */
export function canonicalId(kind: Kind, text: unknown): string | undefined {
  const number = numberIn(kind, text);
  return number === undefined ? undefined : idOf[kind](number);
}

/**
 * IDs are kept. The key counts, because v2 looked records up by their keys. A record gets a new ID when neither its key
 * nor its `id` is one, when another record has the same, or when the store has it and `onConflict` says renumber.
 */
export function assignIds(assignment: Assignment): AssignedIds {
  const { kind, heads, existing, onConflict, changes } = assignment;
  const wanted = wantedIds(kind, heads);
  let highest = Math.max(highestIn(kind, wanted.values()), highestIn(kind, assignment.mentioned));
  let next = Math.max(assignment.firstNew, highest + 1);
  const first = next;
  const create = () => {
    const id = idOf[kind](next);
    highest = next;
    next += 1;
    return id;
  };
  const byKey = new Map<string, string>();
  for (const [key, head] of heads) {
    const own = wanted.get(key);
    const conflicts = own !== undefined && onConflict === 'renumber' && existing.has(own);
    const id = own === undefined || conflicts ? create() : own;
    byKey.set(key, id);
    if (conflicts)
      changes.add('new_id', id, `${own} was there already; this record is now ${id}`, { field: 'id', verbatim: key });
    else if (id !== key)
      changes.add('new_id', id, `${JSON.stringify(key)} is now ${id}`, { field: 'id', verbatim: key });
    reportOwnId({ kind, id, key, own: head.id }, changes);
  }
  return {
    byKey,
    resolve: resolver(kind, heads, byKey),
    create,
    created: () => next - first,
    highest: () => highest,
  };
}

/** A spread of 100,000 numbers into Math.max would overflow the stack. */
function highestIn(kind: Kind, references: Iterable<unknown>): number {
  let highest = 0;
  for (const reference of references) highest = Math.max(highest, numberIn(kind, reference) ?? 0);
  return highest;
}

/** Keys that are IDs as they stand come first, then other spellings of an ID, then the records' own `id`; each ID once. */
function wantedIds(kind: Kind, heads: Records['heads']): Map<string, string> {
  const wanted = new Map<string, string>();
  const taken = new Set<string>();
  const claim = (key: string, id: string | undefined) => {
    if (id === undefined || taken.has(id) || wanted.has(key)) return;
    wanted.set(key, id);
    taken.add(id);
  };
  for (const key of heads.keys()) if (canonicalId(kind, key) === key) claim(key, key);
  for (const key of heads.keys()) claim(key, canonicalId(kind, key));
  for (const [key, head] of heads) if (canonicalId(kind, key) === undefined) claim(key, canonicalId(kind, head.id));
  return wanted;
}

interface OwnId {
  kind: Kind;
  id: string;
  key: string;
  own: Json | undefined;
}

function reportOwnId({ kind, id, key, own }: OwnId, changes: Changes): void {
  if (own === undefined || own === null) {
    changes.add('missing_field', id, `this record had no id; its key is ${JSON.stringify(key)}`, { field: 'id' });
  } else if (own !== key && (own !== id || numberIn(kind, key) !== undefined)) {
    const message = `its own id was ${JSON.stringify(own)}, its key ${JSON.stringify(key)}`;
    changes.add('id_mismatch', id, message, { field: 'id', verbatim: own });
  }
}

/** Keys as they were written first, then other spellings, then the `id` of a record that differs from its key. */
function resolver(kind: Kind, heads: Records['heads'], byKey: ReadonlyMap<string, string>) {
  const aliases = new Map<string, string>();
  const alias = (name: string | undefined, id: string) => {
    if (name !== undefined && !aliases.has(name)) aliases.set(name, id);
  };
  for (const [key, id] of byKey) alias(canonicalId(kind, key), id);
  for (const [key, id] of byKey) {
    const own = heads.get(key)?.id;
    if (typeof own === 'string') alias(canonicalId(kind, own) ?? own, id);
    if (typeof own === 'number') alias(String(own), id);
  }
  return (reference: Json | undefined) => {
    if (typeof reference !== 'string' && typeof reference !== 'number') return undefined;
    const name = String(reference);
    return byKey.get(name) ?? aliases.get(canonicalId(kind, name) ?? name);
  };
}
