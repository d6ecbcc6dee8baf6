/** The time in which a line is written once; the number of its repetitions follows at the end. */
const windowMs = 10_000;
/** The number of different lines in that time; further lines are only counted. */
const mostLines = 1_000;

/** Keeps a flood of lines out of a log: somebody who can make us write one line can make us write a million. */
export class Repeats {
  readonly #lines = new Map<string, { times: number; tell: (times: number) => void }>();
  #timer: NodeJS.Timeout | undefined;

  /** Whether a line is written now. Otherwise `tell` gets the number of equal lines when the window ends. */
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

  /** Ends the window, and tells the numbers of the lines that were held back. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = [...this.#lines.values()];
    this.#lines.clear();
    for (const { times, tell } of lines) if (times > 0) tell(times);
  }
}
