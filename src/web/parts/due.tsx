import { ageOf, dayOf, exactTime, isPast } from '../state/clock.ts';
import { texts } from '../texts.ts';

/** When something is due, and how late it is. What is closed is not late. */
export function Due({ at, isClosed }: { at: string; isClosed: boolean }) {
  const isLate = !isClosed && isPast(at);
  return (
    <time class={`due${isLate ? ' late' : ''}`} dateTime={at} title={exactTime(at)}>
      {isLate ? texts.due.late(ageOf(at)) : texts.due.on(dayOf(at))}
    </time>
  );
}
