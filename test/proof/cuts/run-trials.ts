import type { Example } from '../../support/examples.ts';
import { repeats } from '../../support/proof.ts';
import type { Bench } from './fates.ts';
import { nameOf, type Trial, type Tried, type TriedCall, tryOnce, undisturbed } from './trials.ts';

/** What trials came to, counted. */
export class Tally {
  readonly tools = new Set<string>();
  readonly fates = new Map<string, number>();
  readonly problems: string[] = [];
  messages = 0;
  repeats = 0;

  /** For `tell`. */
  get counts(): Record<string, number> {
    return {
      'writing tools': this.tools.size,
      'messages of their calls': this.messages,
      ...Object.fromEntries([...this.fates].map(([fate, count]) => [`times ${fate}`, count])),
      'repeats by the client': this.repeats,
      'applied twice, lost, in part or told wrongly': this.problems.length,
    };
  }
}

/** All calls of the examples, with and without a request_id, and what each comes to undisturbed. */
export async function callsOf(benches: Bench[], examples: Example[]): Promise<TriedCall[]> {
  const calls = examples.flatMap((example) => [false, true].map((withId) => ({ example, withId })));
  const done: TriedCall[] = [];
  await onAll(benches, calls, async (bench, call) => {
    done.push(await undisturbed(bench, call));
  });
  return done;
}

/** Makes the trials, as many at once as there are benches, until all are made or the minutes that `npm run proof` was given are over. */
export async function runTrials(benches: Bench[], trials: Trial[]): Promise<Tally> {
  const tally = new Tally();
  const minutes = repeats('minutes', { briefly: Number.POSITIVE_INFINITY, atLength: Number.POSITIVE_INFINITY });
  const deadline = performance.now() + minutes * 60_000;
  const calls = new Set(trials.map(({ call }) => call));
  tally.messages = [...calls].reduce((sum, { undisturbed: { messages } }) => sum + messages, 0);
  await onAll(benches, trials, async (bench, trial) => {
    if (performance.now() > deadline) return;
    const { call, fate, n } = trial;
    const { met, problems, repeats } = await tryOnce(bench, trial).catch(failed);
    // during a login there is no process to terminate yet
    const name = fate.name === 'terminated' && met?.backend === undefined ? 'closed' : fate.name;
    const where = `${nameOf(call)}, ${name} at message ${n} (${met?.frame.kind} to the ${met?.towards})`;
    tally.problems.push(...problems.map((problem) => `${where}: ${problem}`));
    if (met === undefined) return;
    tally.tools.add(call.example.tool);
    tally.fates.set(name, (tally.fates.get(name) ?? 0) + 1);
    tally.repeats += repeats;
  });
  return tally;
}

function failed(error: unknown): Tried {
  return { met: undefined, problems: [`it could not be judged: ${error}`], repeats: 0 };
}

async function onAll<T>(benches: Bench[], work: T[], each: (bench: Bench, one: T) => Promise<void>): Promise<void> {
  const left = [...work].reverse();
  await Promise.all(
    benches.map(async (bench) => {
      for (let one = left.pop(); one !== undefined; one = left.pop()) await each(bench, one);
    }),
  );
}
