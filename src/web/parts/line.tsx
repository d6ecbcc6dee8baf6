import { type HistoryEvent, whatHappened } from '../../domain/history-line.ts';
import { goalPath } from '../state/router.ts';

/** An event that the server told in words. Of a task that is gone, its goal may not be known. */
export interface ToldEvent extends Pick<HistoryEvent, 'seq' | 'operation' | 'at' | 'actor' | 'task_id'> {
  goal_id: string | null;
  what: string;
}

export type ShownEvent = HistoryEvent | ToldEvent;

/** One row that an operation changed. */
export function Line({ event, short = false }: { event: ShownEvent; short?: boolean }) {
  const id = event.task_id ?? event.goal_id;
  return (
    <li>
      {short ? null : event.goal_id === null || event.goal_id === '' ? (
        <span class="mono">{id}</span>
      ) : (
        <a class="mono" href={goalPath(event.goal_id, 'board', event.task_id ?? undefined)}>
          {id}
        </a>
      )}
      <span class="text" dir="auto">
        {'what' in event ? event.what : whatHappened(event)}
      </span>
    </li>
  );
}
