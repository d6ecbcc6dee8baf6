import pg from 'pg';
import { breakDownGoal } from '../src/service/break-down-goal.ts';
import { claimTasks } from '../src/service/claims.ts';
import { createGoal } from '../src/service/goals.ts';
import { aSubtask } from '../test/support/builders.ts';
import { median, quantile, table } from './measure.ts';
import type { Setting } from './setting.ts';

const claimers = 50;
const claims = 4_000;

/** 50 claimers at once, each taking one task after another, beside a loop that only locks and updates the same rows. */
export async function benchClaims(setting: Setting, print: (line: string) => void): Promise<void> {
  const rows: (string | number)[][] = [[`claims, ${claimers} at once`, 'per second', 'p50 (ms)', 'p99 (ms)']];
  for (const [name, claim, end] of [await ours(setting), await raw(setting)] as const) {
    await someTasks(setting);
    const times: number[] = [];
    let left = claims;
    const start = performance.now();
    await Promise.all(
      Array.from({ length: claimers }, async (_, n) => {
        while (left-- > 0) {
          const before = performance.now();
          await claim(n);
          times.push(performance.now() - before);
        }
      }),
    );
    const seconds = (performance.now() - start) / 1000;
    times.sort((a, b) => a - b);
    rows.push([name, Math.round(claims / seconds).toString(), median(times), quantile(times, 0.99)]);
    await end();
  }
  table(rows, print);
}

type Claimer = readonly [name: string, claim: (claimer: number) => Promise<unknown>, end: () => Promise<void>];

async function ours({ call }: Setting): Promise<Claimer> {
  const claim = (n: number) => claimTasks({ ...call, actor: `agent-${n}` }, { limit: 1, leaseSeconds: 900 });
  return ['claim_tasks: lease, fence, history', claim, async () => {}];
}

async function raw({ connection }: Setting): Promise<Claimer> {
  // as many connections as the store's pool has at most
  const pool = new pg.Pool({ ...connection, max: 30 });
  const text = `
    with picked as (
      select id from tasks
      where workspace_id = $1 and status = 'pending' and open_dependencies = 0 and not parked
      order by priority, number limit 1
      for update skip locked
    )
    update tasks t set status = 'in_progress' from picked where t.workspace_id = $1 and t.id = picked.id returning t.id`;
  const claim = () => pool.query({ name: 'raw_claim', text, values: [1] });
  return ['for update skip locked, and no more', claim, () => pool.end()];
}

async function someTasks({ call }: Setting): Promise<void> {
  const { id } = await createGoal(call, { description: 'to claim', priority: 'low', repos: [], metadata: {} });
  for (let block = 0; block < claims / 1000; block += 1) {
    await breakDownGoal(
      call,
      id,
      Array.from({ length: 1000 }, () => aSubtask()),
    );
  }
}
