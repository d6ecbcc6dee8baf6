import type { Json } from './json.ts';

export type ChangeKind = 'goal' | 'task' | 'note' | 'resource' | 'template';

/** What readers of the change feed are told of one row that somebody changed. Times are ISO 8601 in UTC. */
export interface Change {
  /** Where a reader goes on after this change: an opaque text without spaces. */
  position: string;
  /** What happened, in one word of changeTypes. */
  type: ChangeType;
  kind: ChangeKind;
  /** Of a named resource and of a template: its name. */
  id: string;
  /** Empty for a named resource and a template. */
  goal_id: string;
  task_id: string | null;
  /**
   * All goals that look different since: the task's own, those above it, the goals of its dependents, and the goal that it was
   * moved from.
   */
  goal_ids: string[];
  /** The columns that differ, where the row was there before and is there after. */
  changed: string[];
  /** The short values of the row that history keeps, before and after; null where there was or is no row. */
  before: Record<string, Json> | null;
  after: Record<string, Json> | null;
  /** The call that did it. Its changes follow each other. */
  operation: { id: string; number: number; actor: string; tool: string | null; reason: string | null; at: string };
}

const taskVerbs = [
  'created',
  'updated',
  'pending',
  'in_progress',
  'completed',
  'failed',
  'blocked',
  'cancelled',
  'deferred',
  'claimed',
  'released',
  'lease_ended',
  'deleted',
] as const;
const goalVerbs = [
  'created',
  'updated',
  'planned',
  'in_progress',
  'completed',
  'cancelled',
  'archived',
  'deleted',
] as const;
const noteVerbs = ['created', 'deleted'] as const;
const resourceVerbs = ['acquired', 'released', 'lease_ended'] as const;
const templateVerbs = ['saved', 'deleted'] as const;

export type ChangeType =
  | `goal.${(typeof goalVerbs)[number]}`
  | `task.${(typeof taskVerbs)[number]}`
  | `note.${(typeof noteVerbs)[number]}`
  | `resource.${(typeof resourceVerbs)[number]}`
  | `template.${(typeof templateVerbs)[number]}`;

/** All that a change can be. A status that changed is told by its name. */
export const changeTypes: readonly ChangeType[] = [
  ...goalVerbs.map((verb) => `goal.${verb}` as const),
  ...taskVerbs.map((verb) => `task.${verb}` as const),
  ...noteVerbs.map((verb) => `note.${verb}` as const),
  ...resourceVerbs.map((verb) => `resource.${verb}` as const),
  ...templateVerbs.map((verb) => `template.${verb}` as const),
];

const known: ReadonlySet<string> = new Set(changeTypes);
const ofNotes: readonly string[] = ['noted', 'note_undone'];
/** What is more than the status that comes with it. */
const ofClaims: readonly string[] = ['claimed', 'released', 'lease_ended'];

/** The parts of an event that decide its type. */
interface Happened {
  action: string;
  goal_id: string;
  task_id: string | null;
  was: boolean;
  is_there: boolean;
  changed: string[];
  after: Record<string, Json> | null;
}

/** The type of a change, by the fate of the row: an undo that brings a task back creates it. */
export function changeType(happened: Happened): ChangeType {
  const kind = changeKind(happened);
  const named = `${kind}.${happened.action}`;
  if (kind === 'resource') return isChangeType(named) ? named : 'resource.released';
  if (kind === 'template') return happened.is_there ? 'template.saved' : 'template.deleted';
  if (!happened.is_there) return `${kind}.deleted`;
  if (!happened.was) return `${kind}.created`;
  if (ofClaims.includes(happened.action) && isChangeType(named)) return named;
  const status = `${kind}.${happened.after?.status}`;
  if (happened.changed.includes('status') && isChangeType(status)) return status;
  return kind === 'note' ? 'note.created' : `${kind}.updated`;
}

export function changeKind({ action, goal_id, task_id }: Pick<Happened, 'action' | 'goal_id' | 'task_id'>): ChangeKind {
  if (goal_id === '') return action.startsWith('template_') ? 'template' : 'resource';
  if (ofNotes.includes(action)) return 'note';
  return task_id === null ? 'goal' : 'task';
}

export function isChangeType(text: string): text is ChangeType {
  return known.has(text);
}
