/** A line is written once in so long, with the number of its repetitions at the end. */
const windowMs = 10_000;
/** Lines of different words in that time; more than these are only counted. */
const mostLines = 1_000;

/** Keeps a flood of lines out of a log: whoever can make us write one can make us write a million. */
export class Repeats {
  readonly #lines = new Map<string, { times: number; tell: (times: number) => void }>();
  #timer: NodeJS.Timeout | undefined;

  /** Whether a line is to be written now. If it is not, `tell` is given the number of those like it when the window ends. */
  admit(key: string, tell: (times: number) => void): boolean {
    this.#timer ??= setTimeout(() => this.flush(), windowMs).unref();
    const isFull = this.#lines.size >= mostLines && !this.#lines.has(key);
    const known = this.#lines.get(isFull ? 'others' : key);
    if (known) {
      known.times += 1;
      return false;
    }
    this.#lines.set(isFull ? 'others' : key, { times: isFull ? 1 : 0, tell });
    return !isFull;
  }

  /** Ends the window: tells of what was held back. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = [...this.#lines.values()];
    this.#lines.clear();
    for (const { times, tell } of lines) if (times > 0) tell(times);
  }
}
