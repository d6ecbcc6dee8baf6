import { CriticalSign, PrioritySign, Sign } from '../parts/sign.tsx';
import { Age, Id, Lease } from '../parts/small.tsx';
import { goalPath, showTask } from '../state/router.ts';
import { texts } from '../texts.ts';
import type { Shown } from './columns.ts';
import { moving, onCardKey, useCard } from './drag.ts';
import { glowing, times } from './store.ts';

export const cardHeight = 86;

interface CardProps {
  shown: Shown;
}

/** A task in a column. Its text is a link over all of it, with the keys of onCardKey. */
export function Card({ shown: { task, column, waitsFor } }: CardProps) {
  const { id, description, priority, estimated_effort, status } = task;
  const ref = useCard(id);
  const changedBy = glowing.value.get(id);
  const isMoving = moving.value?.id === id;
  return (
    <div ref={ref} class={`card${changedBy === undefined ? '' : ' glow'}${isMoving ? ' moving' : ''}`} data-task={id}>
      <div class="head">
        <Sign name={column === 'waiting' ? 'waiting' : status} />
        <Id id={id} />
        <PrioritySign priority={priority} />
        {times.value.critical.has(id) ? <CriticalSign /> : null}
        <span class="effort">{estimated_effort}</span>
      </div>
      <a
        class="text"
        dir="auto"
        href={goalPath(task.goal_id, 'board', id)}
        title={description}
        data-opens={id}
        draggable={false}
        aria-describedby="move-hint"
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          showTask(id);
        }}
        onKeyDown={(event) => onCardKey(event, id)}
      >
        {description}
      </a>
      <div class="foot">
        {changedBy === undefined ? <Foot shown={{ task, column, waitsFor }} /> : texts.goal.changedBy(changedBy)}
      </div>
    </div>
  );
}

function Foot({ shown: { task, column, waitsFor } }: CardProps) {
  const { claimed_by, lease_expires_at, completed_at, updated_at, status } = task;
  if (column === 'working') {
    return (
      <>
        <span class="holder">{claimed_by ?? texts.nowScreen.nobody}</span>
        {lease_expires_at === null ? null : <Lease until={lease_expires_at} />}
      </>
    );
  }
  if (column === 'waiting' && waitsFor.length > 0) return <span>{texts.goal.waitsFor(waitsFor)}</span>;
  if (column === 'stuck') return <span>{texts.status[status]}</span>;
  return column === 'done' ? <Age at={completed_at ?? updated_at} /> : null;
}
