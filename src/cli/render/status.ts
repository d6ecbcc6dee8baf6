import type { Look, Paint } from './look.ts';
import type { Cell } from './table.ts';

/** What a row says of its task or goal before a word is read. */
export interface Standing {
  status: string;
  priority: string;
  /** Whether a pending task waits for others. */
  waits?: boolean | undefined;
}

/** Of a goal: planned, in progress, completed, cancelled, archived. */
export function goalSign(status: string, look: Look): Cell {
  return { text: signOf({ status, priority: '' }, look, look.signs.completed), paint: paintOf(status, look) };
}

export function taskSign(task: Standing, look: Look): Cell {
  const paint = task.waits ? look.colours.muted : paintOf(task.status, look);
  return { text: signOf(task, look, look.signs.done), paint };
}

function signOf({ status, waits }: Standing, { signs }: Look, completed: string): string {
  switch (status) {
    case 'in_progress':
      return signs.inProgress;
    case 'completed':
      return completed;
    case 'failed':
      return signs.failed;
    case 'blocked':
    case 'cancelled':
    case 'archived':
      return signs.stopped;
    case 'deferred':
      return signs.waiting;
    default:
      return waits ? signs.waiting : signs.ready;
  }
}

function paintOf(status: string, { colours }: Look): Paint {
  const paints: Record<string, Paint> = {
    in_progress: colours.accent,
    completed: colours.good,
    failed: colours.bad,
    blocked: colours.warning,
    cancelled: colours.muted,
    archived: colours.muted,
    deferred: colours.muted,
  };
  return paints[status] ?? ((text) => text);
}

/** High and low are shown; medium is what nobody need look at. */
export function prioritySign(priority: string, { signs, colours }: Look): Cell {
  if (priority === 'high') return { text: signs.high, paint: colours.warning };
  return priority === 'low' ? { text: signs.low, paint: colours.muted } : '';
}

/** `in progress`, with its sign. */
export function statusWords(kind: 'goal' | 'task', standing: Standing, look: Look): string {
  const sign = kind === 'goal' ? goalSign(standing.status, look) : taskSign(standing, look);
  const name = standing.waits ? 'waiting' : standing.status.replaceAll('_', ' ');
  const text = `${typeof sign === 'string' ? sign : sign.text} ${name}`;
  return typeof sign === 'string' ? text : sign.paint(text);
}

export function priorityWords(priority: string, look: Look): string {
  const sign = prioritySign(priority, look);
  return typeof sign === 'string' ? priority : sign.paint(`${sign.text} ${priority}`);
}

/** A bar of ten cells. */
export function bar(done: number, total: number, { signs, colours }: Look): Cell {
  const full = total === 0 ? 0 : Math.floor((10 * done) / total);
  const text = signs.full.repeat(full) + signs.empty.repeat(10 - full);
  return { text, paint: done === total && total > 0 ? colours.good : colours.accent };
}
