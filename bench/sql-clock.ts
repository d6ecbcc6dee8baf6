import pg from 'pg';

/** A statement as `pg` was given it. */
export type RecordedQuery = string | pg.QueryConfig;

/**
 * Counts how long the driver has statements on their way: what the same statements cost when they are run with `pg` and
 * nothing around them. Statements that are sent together count once, from the first that is sent to the last answer.
 */
export class SqlClock {
  elapsedMs = 0;
  roundTrips = 0;
  /** What was sent since the last reset. */
  sent: RecordedQuery[] = [];
  #underway = 0;
  #since = 0;

  constructor() {
    const clock = this;
    const original = pg.Client.prototype.query;
    pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
      clock.#begin();
      clock.sent.push(args[0] as RecordedQuery);
      const answer = (original as (...args: unknown[]) => unknown).apply(this, args);
      if (answer instanceof Promise) {
        const end = () => clock.#end();
        answer.then(end, end);
      } else clock.#end();
      return answer;
    } as typeof original;
  }

  reset(): void {
    this.elapsedMs = 0;
    this.roundTrips = 0;
    this.sent = [];
  }

  #begin(): void {
    if (this.#underway === 0) {
      this.#since = performance.now();
      this.roundTrips += 1;
    }
    this.#underway += 1;
  }

  #end(): void {
    this.#underway -= 1;
    if (this.#underway === 0) this.elapsedMs += performance.now() - this.#since;
  }
}
