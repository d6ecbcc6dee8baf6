import type { PoolCall } from '../../../src/service/call.ts';
import { Numbers } from '../../../src/store/numbers.ts';
import { aCall } from '../../support/database.ts';
import { actorOf, Checks, type Played } from './checks.ts';
import { Driver } from './driver.ts';
import { putGates } from './gates.ts';
import type { Operation } from './operations.ts';
import type { Schedule } from './schedules.ts';
import { build, Copies, type Done } from './world.ts';

/** Operations, and in which order their steps are to be taken. */
export interface Wanted {
  operations: readonly Operation[];
  turns: Schedule;
}

/** Schedules that are looked at together: a count over all of their workspaces costs little more than one. */
const together = 150;
/** After so many mistakes the others say nothing new. */
const enough = 20;
/** Operations of one schedule. */
const most = 3;

/** Plays schedules, each in a workspace of its own, on a database with gates. */
export class Players {
  readonly counts = { schedules: 0, steps: 0, 'times blocked': 0, deadlocks: 0, refused: 0 };
  readonly #parts: { call: PoolCall; done: Done; checks: Checks; copies: Copies; drivers: Driver[] };

  private constructor(parts: { call: PoolCall; done: Done; checks: Checks; copies: Copies; drivers: Driver[] }) {
    this.#parts = parts;
  }

  /** Players of as many schedules at once, on a database that lives until the end of the file. */
  static async open(atOnce: number): Promise<Players> {
    const { call, sql, connection } = await aCall();
    await putGates(sql);
    const done = await build(call, sql);
    const checks = await Checks.of(sql);
    const copies = await Copies.of(sql);
    const drivers = await Promise.all(Array.from({ length: atOnce }, () => Driver.open(connection, most)));
    return new Players({ call, done, checks, copies, drivers });
  }

  async close(): Promise<void> {
    for (const driver of this.#parts.drivers) await driver.close();
  }

  /** Gives back what is wrong with what the schedules left, and tells `seen` of each. */
  async play(wanted: Iterable<Wanted>, seen: (played: Played) => void = () => {}): Promise<unknown[]> {
    const wrong: unknown[] = [];
    for (const batch of batchesOf(wanted, together)) {
      const played = await this.#playAll(batch);
      wrong.push(...(await this.#parts.checks.mistakes(played)));
      for (const each of played) {
        this.#count(each);
        seen(each);
      }
      if (wrong.length > enough) break;
    }
    return wrong;
  }

  async #playAll(batch: Wanted[]): Promise<Played[]> {
    const { copies, drivers } = this.#parts;
    const workspaces = await copies.make(batch.length);
    const left = batch.map((wanted, place) => ({ wanted, workspaceId: workspaces[place] ?? 0 }));
    const played: Played[] = [];
    const lane = async (driver: Driver) => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) {
        played.push(await this.#playOne(driver, next.workspaceId, next.wanted));
      }
    };
    await Promise.all(drivers.map(lane));
    return played;
  }

  async #playOne(driver: Driver, workspaceId: number, { operations, turns }: Wanted): Promise<Played> {
    const { call, done } = this.#parts;
    // numbers meet nobody but their counter: they are taken beside the schedule
    const numbers = new Numbers(call.store.database, workspaceId);
    const calls = operations.map((operation, place) => () => {
      const store = { database: driver.databaseOf(place), workspaceId, workspace: 'default', numbers };
      return operation.run({ store, actor: actorOf(place) }, done);
    });
    return { workspaceId, operations, turns, run: await driver.run(calls, turns) };
  }

  #count({ run }: Played): void {
    this.counts.schedules += 1;
    this.counts.steps += run.taken.length;
    this.counts['times blocked'] += run.blocked;
    this.counts.deadlocks += run.failures.filter((code) => code === '40P01').length;
    this.counts.refused += run.endings.filter(({ error }) => error !== undefined).length;
  }
}

function* batchesOf<T>(all: Iterable<T>, size: number): Generator<T[]> {
  let batch: T[] = [];
  for (const each of all) {
    batch.push(each);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
