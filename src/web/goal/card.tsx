import { CriticalSign, PrioritySign, Sign } from '../parts/sign.tsx';
import { Age, Id, Lease } from '../parts/small.tsx';
import { showTask } from '../state/router.ts';
import { texts } from '../texts.ts';
import type { Shown } from './columns.ts';
import { moving, onCardKey, useCard } from './drag.ts';
import { glowing, times } from './store.ts';

export const cardHeight = 86;

interface CardProps {
  shown: Shown;
}

/** A task in a column. Enter opens it; onCardKey has the other keys. */
export function Card({ shown: { task, column, waitsFor } }: CardProps) {
  const { id, description, priority, estimated_effort, status } = task;
  const ref = useCard(id);
  const changedBy = glowing.value.get(id);
  const isMoving = moving.value?.id === id;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button may not hold another, and the ID is one
    <div
      ref={ref}
      class={`card${changedBy === undefined ? '' : ' glow'}${isMoving ? ' moving' : ''}`}
      data-task={id}
      role="button"
      tabIndex={0}
      aria-label={`${id} ${texts.columns[column]}: ${description}`}
      aria-describedby="move-hint"
      onClick={() => showTask(id)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && moving.value === undefined && event.target === event.currentTarget) showTask(id);
        else onCardKey(event, id);
      }}
    >
      <div class="head">
        <Sign name={column === 'waiting' ? 'waiting' : status} />
        <Id id={id} />
        <PrioritySign priority={priority} />
        {times.value.critical.has(id) ? <CriticalSign /> : null}
        <span class="effort">{estimated_effort}</span>
      </div>
      <p class="text" dir="auto" title={description}>
        {description}
      </p>
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
