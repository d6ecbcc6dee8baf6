import { isClosedTask } from '../../domain/closed-task.ts';
import { Due } from '../parts/due.tsx';
import { Labels } from '../parts/labels.tsx';
import { CriticalSign, PrioritySign, Sign } from '../parts/sign.tsx';
import { Age, Id, Lease } from '../parts/small.tsx';
import { dayOf } from '../state/clock.ts';
import { goalPath, showTask } from '../state/router.ts';
import { texts } from '../texts.ts';
import { type Shown, signOf } from './columns.ts';
import { moving, onCardKey, useCard } from './drag.ts';
import { hasMarks } from './marks.ts';
import { glowing, times } from './store.ts';

export const cardHeight = { plain: 86, marked: 108 };
/** Chips that fit into a column. */
const mostLabels = 2;

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
    <div
      ref={ref}
      class={`card ${status}${changedBy === undefined ? '' : ' glow'}${isMoving ? ' moving' : ''}`}
      data-task={id}
    >
      <div class="head">
        <Sign name={signOf({ task, column, waitsFor })} />
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
      {hasMarks.value ? (
        <div class="marks">
          {task.due_at === null ? null : <Due at={task.due_at} isClosed={isClosedTask(status)} />}
          {task.criteria_met === null ? null : <CriteriaMet met={task.criteria_met} />}
          <Labels labels={task.labels} most={mostLabels} />
        </div>
      ) : null}
      <div class="foot">
        {changedBy === undefined ? <Foot shown={{ task, column, waitsFor }} /> : texts.goal.changedBy(changedBy)}
      </div>
    </div>
  );
}

/** `2/3` as a card shows it. */
function CriteriaMet({ met }: { met: string }) {
  const words = texts.criteria.met(met);
  return (
    <span class="met" title={words}>
      <span aria-hidden="true">☑ {met}</span>
      <span class="hidden">{words}</span>
    </span>
  );
}

function Foot({ shown: { task, column, waitsFor } }: CardProps) {
  const { claimed_by, lease_expires_at, completed_at, updated_at, status, defer_until } = task;
  if (column === 'working') {
    return (
      <>
        <span class="holder">{claimed_by ?? texts.nowScreen.nobody}</span>
        {lease_expires_at === null ? null : <Lease until={lease_expires_at} />}
      </>
    );
  }
  if (column === 'waiting' && waitsFor.length > 0) return <span>{texts.goal.waitsFor(waitsFor)}</span>;
  if (status === 'deferred')
    return <span>{texts.goal.deferred(defer_until === null ? undefined : dayOf(defer_until))}</span>;
  if (column === 'stuck') return <span>{texts.status[status]}</span>;
  if (column !== 'done') return null;
  return (
    <>
      <Age at={completed_at ?? updated_at} />
      {status === 'cancelled' ? <span>{texts.status[status]}</span> : null}
    </>
  );
}
