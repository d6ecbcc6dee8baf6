import { setTimeout as sleep } from 'node:timers/promises';
import { GoalAgentError } from '../domain/errors.ts';
import type { StatementRunner } from './database.ts';
import type { Row } from './statement.ts';
import { listOpenWriters, lookAtHistoryNumbers } from './statements/look-at-history.ts';
import { step } from './steps.ts';

const againAfterMs = 10;

/** How long those who write at this moment are waited for. */
export interface Patience {
  patienceMs: number;
  signal?: AbortSignal | undefined;
}

/** What is decided. */
export interface Decided {
  upTo: number;
  /** Grows when the server may have been started anew, and numbers may have come again. */
  run: number;
}

interface Look {
  /** The last number that was given out. */
  last: number;
  run: number;
  open: OpenWriter[];
}

interface OpenWriter {
  /** All of its numbers are higher than this. */
  above: number;
  graphs: number[];
}

/**
 * Up to which number the history of a database is decided: what has a number up to there is committed and can be seen, or
 * never will be (docs/decisions/changes.md).
 */
export class DecidedNumbers {
  readonly #database: StatementRunner;
  #above = new Map<string, number>();
  #lookedAt: string | null = null;
  #last = 0;
  #run = 0;
  #looking: Promise<Look> | undefined;
  #next: Promise<Look> | undefined;

  constructor(database: StatementRunner) {
    this.#database = database;
  }

  /**
   * The number up to which this workspace's history is decided. Numbers that were given out before the call are waited for,
   * `patienceMs` at most.
   *
   * @throws GoalAgentError `unavailable` on a standby, where nobody can see who writes.
   */
  async decided(workspaceId: number, { patienceMs, signal }: Patience): Promise<Decided> {
    const deadline = performance.now() + patienceMs;
    const first = await this.#look();
    for (let look = first; ; look = await this.#look()) {
      const upTo = decidedOf(look, workspaceId);
      if (upTo >= first.last || performance.now() >= deadline) return { upTo, run: look.run };
      await sleep(againAfterMs, undefined, { signal });
    }
  }

  /** One look at a time. Who comes while one is under way shares the next: that one begins after the question. */
  #look(): Promise<Look> {
    if (this.#looking === undefined) {
      this.#looking = this.#lookOnce().finally(() => {
        this.#looking = undefined;
      });
      return this.#looking;
    }
    this.#next ??= this.#looking
      .catch(() => {}) // its own callers are told
      .then(() => {
        this.#next = undefined;
        return this.#look();
      });
    return this.#next;
  }

  async #lookOnce(): Promise<Look> {
    // the number first: who has drawn one by then holds the lock already
    const { looked } = await this.#database.read({ looked: step(lookAtHistoryNumbers, { since: this.#lookedAt }) });
    const [numbers] = looked;
    if (numbers === undefined) throw new Error('the sequence history_numbers has no row');
    if (numbers.is_standby) throw standby();
    // after a crash numbers may come again
    const known = numbers.is_same_run && numbers.last >= this.#last;
    if (!known) this.#run += 1;
    const isUnchanged = known && numbers.last === this.#last && this.#above.size === 0;
    const writers = isUnchanged ? [] : (await this.#database.read({ writers: step(listOpenWriters, {}) })).writers;
    const open = writers.map((row) => this.#openWriter(row, known));
    this.#above = new Map(writers.map(({ writer }, place) => [writer, open[place]?.above ?? 0]));
    this.#last = numbers.last;
    this.#lookedAt = numbers.at;
    return { last: numbers.last, run: this.#run, open };
  }

  /** A writer that was not there at the look before draws numbers higher than the last one of that look. */
  #openWriter({ writer, graphs }: Row<typeof listOpenWriters>, known: boolean): OpenWriter {
    const above = this.#above.get(writer) ?? this.#last;
    return { above: known ? above : 0, graphs };
  }
}

/** Whoever locks the graph of another workspace writes there. */
function decidedOf({ last, open }: Look, workspaceId: number): number {
  const graph = graphOf(workspaceId);
  const mine = open.filter(({ graphs }) => graphs.length === 0 || graphs.includes(graph));
  return Math.min(last, ...mine.map(({ above }) => above));
}

/** The key of the lock that guards who depends on whom in a workspace (statements/lock-graph.ts). */
function graphOf(workspaceId: number): number {
  return workspaceId % 2147483647;
}

function standby(): GoalAgentError {
  return new GoalAgentError(
    'unavailable',
    'This process reads from a standby, which cannot tell which changes are complete. Connect to the primary server to follow changes.',
  );
}
