/** How long calls took, by when they ended. */
export class Latency {
  readonly #calls: { at: number; ms: number }[] = [];
  readonly #start = performance.now();

  add(ms: number): void {
    this.#calls.push({ at: performance.now() - this.#start, ms });
  }

  get count(): number {
    return this.#calls.length;
  }

  /** Milliseconds at this quantile, of the calls of the first third of the time and of the last. */
  thirds(quantile: number): { first: number; last: number } {
    const end = performance.now() - this.#start;
    const at = (from: number, to: number) => {
      const times = this.#calls.filter((call) => call.at >= from * end && call.at <= to * end).map(({ ms }) => ms);
      times.sort((a, b) => a - b);
      return times[Math.min(times.length - 1, Math.floor(times.length * quantile))] ?? Number.NaN;
    };
    return { first: at(0, 1 / 3), last: at(2 / 3, 1) };
  }
}
