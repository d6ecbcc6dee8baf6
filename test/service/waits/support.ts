import type pg from 'pg';
import { expect } from 'vitest';
import type { PoolCall } from '../../../src/service/call.ts';
import type { AgentFacts, Tool } from '../../../src/tools/define/define-tool.ts';
import { runTool } from '../../../src/tools/define/run-tool.ts';

interface Ends {
  /** Its caller goes away. */
  signal?: AbortSignal;
  /** The process stops. */
  stopping?: AbortSignal;
}

/** Runs a tool as a face does. */
export function ask<A>(tool: Tool, call: PoolCall, args: Record<string, unknown>, { signal, stopping }: Ends = {}) {
  const facts = {} as AgentFacts; // tools that wait do not look at them
  const host = { open: async () => ({ ...call, signal }), facts: () => facts, cacheIsKnown: async () => {}, stopping };
  return runTool(tool, host, args) as Promise<A>;
}

/** When the last statement of Goal Agent in this database began, how many connections listen, and how many run one. */
export async function activity(sql: pg.Client): Promise<{ last: string; listening: number; running: number }> {
  const { rows } = await sql.query(
    `select max(query_start)::text as last, count(*) filter (where query like 'listen %')::int4 as listening,
       count(*) filter (where state <> 'idle')::int4 as running
     from pg_stat_activity
     where datname = current_database() and application_name = 'goal-agent'`,
  );
  return rows[0];
}

/** Waits until all who wait have looked, so many processes listen, and nothing runs any more; says when the last statement began. */
export async function untilStill(sql: pg.Client, processes: number): Promise<string> {
  let last = '';
  const look = async () => {
    const now = await activity(sql);
    const isStill = now.last === last && now.running === 0;
    last = now.last;
    return { isStill, listening: now.listening };
  };
  await expect.poll(look, { timeout: 20_000, interval: 300 }).toEqual({ isStill: true, listening: processes });
  return last;
}
