import { cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { expect } from 'vitest';
import { isAtLength, repeats, tell } from '../../../support/proof.ts';
import type { Chance } from './chance.ts';
import { examine, examineAll, type Verdict } from './checker.ts';
import type { Knowledge } from './record.ts';
import type { Writer } from './writer.ts';

/** Ends a fault. Where nothing has to be done for it, it does nothing. */
export type Heal = () => Promise<unknown>;
export const healsByItself: Heal = async () => {};

/** What happens to a scene while its writers write. */
export interface Fault<S> {
  name: string;
  strike(scene: S): Promise<Heal>;
  /** How long it lasts, where that is not left to chance. */
  lastsMs?: number;
}

/** A store under faults, and those who write to it. */
export interface Scene {
  writers: Writer[];
  knowledge: Knowledge;
  /** A connection to the store as it is now. */
  look<T>(work: (sql: pg.Client) => Promise<T>): Promise<T>;
}

/** After this long a writer should have its next answer, in milliseconds. */
const answerWithinMs = 5_000;
/** After this long it must have one, however busy the machine is. */
const patienceMs = 40_000;
/** After this long a writer's first server must have started. */
const startMs = 150_000;
/** Every so many rounds all counts are counted again. */
const recountEvery = 5;

/** For the brief run on a busy machine; at full length nothing but its rounds ends a proof. */
export const timeoutMs = isAtLength ? 0 : 240_000;

/** Whether so many processes want to run that what is measured is how long one waits for its turn. A scene has ten at most. */
function isBusy(): boolean {
  return (loadavg()[0] ?? 0) > 10 + 2 * cpus().length;
}

/** How many rounds a scene has: its part of those of all scenes, or one of each fault where it is brief. */
export function roundsOf(part: number, kinds: number): number {
  return Math.max(kinds, Math.round(part * repeats('rounds', { briefly: 0, atLength: 1_000 })));
}

const minutes = repeats('minutes', { briefly: 10, atLength: Number.POSITIVE_INFINITY });

/** Whether a scene has had its minutes. It then ends with the rounds that it has. */
const isOver = () => performance.now() > minutes * 60_000;

/** What the rounds of one scene came to. */
export class Tally {
  readonly #byFault = new Map<string, number>();
  #acknowledged = 0;
  readonly #waits: { ms: number; fault: string; isBusy: boolean }[] = [];

  /** Strikes with each of these, in turn, and looks after each whether the store still has all that was told. */
  async rounds<S extends Scene>(scene: S, faults: readonly Fault<S>[], chance: Chance): Promise<void> {
    const { writers, knowledge } = scene;
    for (const writer of writers) writer.start();
    await Promise.all(writers.map((writer) => writer.answered(performance.now(), startMs)));
    for (const [place, fault] of faults.entries()) {
      if (isOver()) break;
      await sleep(chance.between(50, 250));
      const heal = await fault.strike(scene);
      await sleep(fault.lastsMs ?? chance.between(0, 200));
      await heal();
      await this.#untilAllAreAnswered(fault, writers);
      const look = place % recountEvery === 0 ? examineAll : examine;
      expectNothing(await scene.look((sql) => look(sql, knowledge)), fault.name);
      this.#byFault.set(fault.name, (this.#byFault.get(fault.name) ?? 0) + 1);
    }
    await Promise.all(writers.map((writer) => writer.stop()));
    expectNothing(await scene.look((sql) => examineAll(sql, knowledge)), 'at the end');
    this.#acknowledged += knowledge.acknowledged.length;
    if (isAtLength) process.stderr.write(`${this.#waits.length} rounds, ${this.#acknowledged} acknowledged writes\n`);
  }

  /** Says what was counted, and at full length holds every wait against its aim. */
  tell(scene: string): void {
    const rounds = [...this.#byFault.values()].reduce((sum, each) => sum + each, 0);
    const kinds = [...this.#byFault].map(([name, count]) => `${count} ${name}`).join('; ');
    const waits = this.#waits.toSorted((a, b) => a.ms - b.ms);
    const [median, worst] = [waits[Math.floor(waits.length / 2)], waits.at(-1)];
    const late = waits.filter(({ ms }) => ms > answerWithinMs);
    tell(`faults, ${scene}`, {
      [`rounds (${kinds})`]: rounds,
      'acknowledged writes': this.#acknowledged,
      lost: 0,
      'in half': 0,
      'applied twice': 0,
      'ms until all had their next answer (median)': Math.round(median?.ms ?? 0),
      [`ms at the worst (${worst?.fault})`]: Math.round(worst?.ms ?? 0),
      'waits of more than 5 s': late.length,
      'of these with the machine busy with other work': late.filter((wait) => wait.isBusy).length,
    });
    // the brief run shares its machine with other tests
    if (isAtLength) expect(late.filter((wait) => !wait.isBusy)).toEqual([]);
  }

  async #untilAllAreAnswered({ name }: { name: string }, writers: Writer[]): Promise<void> {
    const healed = performance.now();
    const waits = await Promise.all(writers.map((writer) => writer.answered(healed, patienceMs)));
    this.#waits.push({ ms: Math.max(...waits), fault: name, isBusy: isBusy() });
  }
}

function expectNothing(verdict: Verdict, when: string): void {
  expect(verdict, `after ${when}`).toEqual({ lost: [], halves: [], twice: [], wrong: [] });
}

/** As many faults as there are rounds, each as often as the others, in an order by chance. */
export function inTurns<F>(faults: readonly F[], rounds: number, chance: Chance): F[] {
  const turns: F[] = [];
  while (turns.length < rounds) turns.push(...chance.shuffled(faults));
  return turns.slice(0, rounds);
}

/** Rounds for one store: with more its history would take longer to look at than to make. */
const roundsOfAStore = 25;

export function* storesOf<F>(turns: readonly F[]): Generator<F[]> {
  for (let from = 0; from < turns.length && !isOver(); from += roundsOfAStore)
    yield turns.slice(from, from + roundsOfAStore);
}
