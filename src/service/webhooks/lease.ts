/** A time that the database gave this process, counted from before it was asked. */
export class Lease {
  readonly #untilMs: number;
  /** By the clock on the wall: the other one stands still while a laptop sleeps. */
  readonly #untilOnWallMs: number;

  constructor(seconds: number) {
    this.#untilMs = performance.now() + seconds * 1000;
    this.#untilOnWallMs = Date.now() + seconds * 1000;
  }

  lastsFor(ms: number): boolean {
    return performance.now() + ms < this.#untilMs && Date.now() + ms < this.#untilOnWallMs;
  }
}
