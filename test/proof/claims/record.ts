import { openSync, writeSync } from 'node:fs';

/** What is written as EDN: a string that begins with `:` as the keyword that it is. */
type Value = null | number | string | Value[];

/**
 * Writes down what the agents of one process ask and are told, one line each, in the form that Jepsen's tools read: maps of
 * EDN with `:process`, `:type`, `:f`, `:value` and `:time`, in nanoseconds of a clock that all processes of a machine share. A
 * line is in the file before the agent goes on, so that a kill -9 loses nothing that was asked.
 */
export class Record {
  readonly #file: number;
  readonly #origin: bigint;
  readonly #wallClockAhead: number;

  /** `origin` is the moment, of process.hrtime, that times are counted from. */
  constructor(file: string, origin: bigint) {
    this.#file = openSync(file, 'a');
    this.#origin = origin;
    this.#wallClockAhead = this.#compareClocks();
  }

  invoke(process: number, f: string, value: Value, more: { lease?: number; limit?: number } = {}): void {
    const rest = Object.entries(more).map(([name, number]) => `, :${name} ${number}`);
    this.#write(process, 'invoke', f, value, rest.join(''));
  }

  ok(process: number, f: string, value: Value): void {
    this.#write(process, 'ok', f, value);
  }

  fail(process: number, f: string, value: Value): void {
    this.#write(process, 'fail', f, value);
  }

  /** A time of the wall clock, ISO 8601, in the history's time. */
  timeOf(moment: string): number {
    return Date.parse(moment) * 1e6 - this.#wallClockAhead;
  }

  #write(process: number, type: string, f: string, value: Value, more = ''): void {
    writeSync(
      this.#file,
      `{:process ${process}, :type :${type}, :f :${f}, :value ${edn(value)}, :time ${this.#now()}${more}}\n`,
    );
  }

  #now(): number {
    return Number(process.hrtime.bigint() - this.#origin);
  }

  /** The process may be paused between two looks: they count only where they are of one moment. */
  #compareClocks(): number {
    for (;;) {
      const before = this.#now();
      const wallClock = Date.now() * 1e6;
      if (this.#now() - before < 1e6) return wallClock - before;
    }
  }
}

function edn(value: Value): string {
  if (value === null) return 'nil';
  if (Array.isArray(value)) return `[${value.map(edn).join(', ')}]`;
  return typeof value === 'string' && value.startsWith(':') ? value : JSON.stringify(value);
}
