import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { breakDownGoal } from '../src/service/break-down-goal.ts';
import { createGoal } from '../src/service/goals.ts';
import { aSubtask } from '../test/support/builders.ts';
import { aClaimer, aRawClaimer, type Claimer } from './claimer.ts';
import { Figures, ms, table } from './measure.ts';
import type { Setting } from './setting.ts';

const program = fileURLToPath(new URL('./claimer-process.js', import.meta.url));
const claimers = 50;
const turns = 4;
const claimsPerTurn = 2_500;
/** Each claimer's first claims, which connect, plan and compile, are not counted. */
const warmUp = 60;
/** Of the claimers in processes of their own: five claims each, one a second. */
const paced = { claims: 5, periodMs: 1_000 };

/**
 * 50 claimers, each with a connection of its own, one claim right after another; by turns with a loop that only locks and
 * updates the same rows, so that what else the machine does hits both. They are in one process, since 50 processes that
 * never rest measure how a few cores are shared out among 50 JavaScript engines that still compile. Then 50 processes that
 * rest between two claims, as agents do.
 */
export async function benchClaims(setting: Setting, print: (line: string) => void): Promise<void> {
  const { connection } = setting;
  await someTasks(setting, claimers * (warmUp * 2 + paced.claims + 5) + turns * claimsPerTurn * 2);
  const ours = await many((n) => aClaimer(connection, `agent-${n}`));
  const raw = await many(() => aRawClaimer(connection));
  const loads: number[] = [];
  const found = { ours: new Figures(), raw: new Figures() };
  for (let turn = 0; turn < turns; turn += 1) {
    loads.push(os.loadavg()[0] ?? 0);
    await found.ours.add(ours, claimsPerTurn, ({ claim }) => claim());
    await found.raw.add(raw, claimsPerTurn, ({ claim }) => claim());
  }
  await Promise.all([...ours, ...raw].map((claimer) => claimer.end()));
  const calm = await claimInProcesses(setting);
  const [mine, theirs] = [found.ours.row(), found.raw.row()];
  table(
    [
      [`claims by ${claimers} claimers with a connection each`, 'per second', 'p50 (ms)', 'p99 (ms)'],
      ['claim_tasks (lease, fence, history), one after another', ...found.ours.cells()],
      ['for update skip locked, and no more, one after another', ...found.raw.cells()],
      ['ratio', ...mine.map((value, n) => (value / (theirs[n] ?? 1)).toFixed(2))],
      [`claim_tasks, ${claimers} processes, a claim a second each`, ...calm.cells()],
    ],
    print,
  );
  print(`load of the machine before each turn: ${loads.map(ms).join(', ')}`);
}

async function many(make: (n: number) => Promise<Claimer>): Promise<Claimer[]> {
  const made = await Promise.all(Array.from({ length: claimers }, (_, n) => make(n)));
  await Promise.all(
    made.map(async (claimer) => {
      for (let n = 0; n < warmUp; n += 1) await claimer.claim();
    }),
  );
  return made;
}

async function claimInProcesses({ connection }: Setting): Promise<Figures> {
  const children = Array.from({ length: claimers }, (_, n) =>
    fork(program, [JSON.stringify({ connection, agent: `agent-${n}`, ...paced })]),
  );
  await Promise.all(children.map(messageOf));
  const times = children.map(messageOf);
  const ends = children.map((child) => once(child, 'exit'));
  for (const child of children) child.send('go');
  const figures = new Figures();
  figures.times.push(...((await Promise.all(times)) as number[][]).flat());
  figures.elapsedMs = paced.claims * paced.periodMs;
  await Promise.all(ends);
  return figures;
}

function messageOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`a claimer ended with ${code}`)));
  });
}

async function someTasks({ call }: Setting, count: number): Promise<void> {
  const { id } = await createGoal(call, { description: 'to claim', priority: 'low', repos: [], metadata: {} });
  for (let left = count; left > 0; left -= 1000) {
    await breakDownGoal(
      call,
      id,
      Array.from({ length: Math.min(left, 1000) }, () => aSubtask()),
    );
  }
}
