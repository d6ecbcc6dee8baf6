import { type HistoryEvent, whatHappened } from '../../domain/history-line.ts';
import { goalPath } from '../state/router.ts';

/** One row that an operation changed. */
export function Line({ event, short = false }: { event: HistoryEvent; short?: boolean }) {
  const id = event.task_id ?? event.goal_id;
  return (
    <li>
      {short ? null : (
        <a class="mono" href={goalPath(event.goal_id, 'board', event.task_id ?? undefined)}>
          {id}
        </a>
      )}
      <span class="text" dir="auto">
        {whatHappened(event)}
      </span>
    </li>
  );
}
