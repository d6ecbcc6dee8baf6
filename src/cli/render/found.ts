import { type HistoryEvent, whatHappened } from '../../domain/history-line.ts';
import { named, oneLine } from '../../domain/stored-text.ts';
import type { Look } from './look.ts';
import { goalSign, taskSign } from './status.ts';
import { type Cell, table } from './table.ts';
import { age } from './time.ts';

interface FoundRow {
  kind: string;
  id: string;
  goal_id: string;
  task_id?: string;
  status?: string;
  snippet: string;
}

/** What was found: the goal or task, its sign, and the words around what was looked for. */
export function foundTable(results: FoundRow[], look: Look): string[] {
  const rows = results.map((row): Cell[] => [
    row.kind === 'note' ? (row.task_id ?? row.goal_id) : row.id,
    signOf(row, look),
    oneLine(row.snippet, 500),
    { text: row.kind === 'task' ? row.goal_id : '', paint: look.colours.muted },
  ]);
  return table(rows, [{ keep: true }, { keep: true }, { flex: true }, {}], look);
}

function signOf({ kind, status }: FoundRow, look: Look): Cell {
  if (kind === 'note') return { text: 'note', paint: look.colours.muted };
  if (status === undefined) return '';
  return kind === 'goal' ? goalSign(status, look) : taskSign({ status, priority: '' }, look);
}

/** Cells of an actor's name in a line of history. */
const longestActor = 20;

/** Events, each with the number that undo takes, its age, who, and what. */
export function eventTable(events: HistoryEvent[], look: Look): string[] {
  const { colours } = look;
  const rows = events.map((event): Cell[] => [
    { text: String(event.seq), paint: colours.muted },
    event.task_id ?? event.goal_id,
    whatHappened(event),
    named(event.actor, longestActor),
    { text: age(event.at), paint: colours.muted },
  ]);
  return table(rows, [{ keep: true, align: 'right' }, { keep: true }, { flex: true }, {}, { align: 'right' }], look);
}
