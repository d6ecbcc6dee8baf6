import { setTimeout as sleep } from 'node:timers/promises';
import { type Desk, emptyDesk, nextCall, type SharedGoals, type WritingCall } from './calls.ts';
import type { Chance } from './chance.ts';
import type { Knowledge } from './record.ts';
import type { Session } from './session.ts';

export interface WriterOptions {
  name: string;
  connect: () => Promise<Session>;
  shared: SharedGoals;
  knowledge: Knowledge;
  chance: Chance;
}

/** How long a writer waits before it asks again, or connects again. */
const pauseMs = 40;
/** Of the calls that failed so many in a hundred are given up: nobody will ever know what became of them, but the checker. */
const givenUp = 20;

/**
 * A client that writes without a pause, as an agent does: it repeats what was not answered, with the same request_id, and
 * connects again when its server is gone. Now and then it repeats what was answered, and compares.
 */
export class Writer {
  readonly name: string;
  /** When the call began, and when it was answered, that was answered last. */
  #last = { began: 0, answered: 0 };
  #session: Session | undefined;
  #isOver = false;
  #run: Promise<void> | undefined;
  #count = 0;
  #lastFailure = 'none';
  readonly #options: WriterOptions;
  readonly #desk: Desk = emptyDesk();

  constructor(options: WriterOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#session?.pid;
  }

  start(): void {
    this.#run = this.#writeOn();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#run;
    await this.#leave();
  }

  /** How long after `since` a call is answered that began after it, in milliseconds. Throws where none is within the limit. */
  async answered(since: number, limitMs: number): Promise<number> {
    while (this.#last.began < since) {
      const waitedMs = performance.now() - since;
      if (waitedMs > limitMs)
        throw new Error(`${this.name} has no answer after ${Math.round(waitedMs)} ms: ${this.#lastFailure}`);
      await sleep(5);
    }
    return this.#last.answered - since;
  }

  async #writeOn(): Promise<void> {
    const { chance, shared, knowledge } = this.#options;
    while (!this.#isOver) {
      this.#count += 1;
      const mark = `mark-${this.name}-${this.#count}`;
      // without a request_id, too: such calls take another way to the disk
      const requestId = chance.next() < 0.7 ? mark : undefined;
      const call = nextCall({ chance, desk: this.#desk, shared, mark }, requestId);
      knowledge.begin(call);
      if (!(await this.#untilAnswered(call))) continue;
      if (requestId !== undefined && chance.next() < 0.1) await this.#repeat(call);
    }
  }

  /** False where it was given up. */
  async #untilAnswered(call: WritingCall): Promise<boolean> {
    const { chance, knowledge } = this.#options;
    for (;;) {
      const began = performance.now();
      const { answer, text, failure } = await this.#attempt(call);
      if (answer !== undefined) {
        knowledge.acknowledge(call, answer, text);
        call.done(answer);
        this.#last = { began, answered: performance.now() };
        return true;
      }
      this.#lastFailure = failure;
      const isTaken = call.mayBeRefused === true && /claim|fence|lease/.test(failure);
      const isGivenUp = call.requestId === undefined || chance.between(1, 100) <= givenUp;
      if (isTaken || isGivenUp || this.#isOver) return false;
      await sleep(pauseMs);
    }
  }

  async #repeat(call: WritingCall): Promise<void> {
    const { knowledge } = this.#options;
    const told = knowledge.acknowledged.findLast(({ mark }) => mark === call.mark);
    const { answer, text } = await this.#attempt(call);
    if (answer !== undefined && text !== told?.text)
      knowledge.contradictions.push(`${call.mark} was answered ${told?.text}, and then ${text}`);
  }

  async #attempt({ tool, args }: WritingCall): Promise<Attempt> {
    try {
      this.#session ??= await this.#options.connect();
      const { answer, text, error } = await this.#session.call(tool, args);
      return error === undefined ? { answer, text } : { failure: error };
    } catch (error) {
      // the server is gone, or does not start
      await this.#leave();
      await sleep(pauseMs);
      return { failure: String(error) };
    }
  }

  async #leave(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.close().catch(() => {});
  }
}

type Attempt =
  | { answer: Record<string, unknown>; text: string; failure?: never }
  | { answer?: never; text?: never; failure: string };
