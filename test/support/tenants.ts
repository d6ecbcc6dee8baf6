import fc from 'fast-check';
import type pg from 'pg';
import { callerOf } from '../../src/service/caller.ts';
import { createToken } from '../../src/service/tokens.ts';
import { TokenVerifier } from '../../src/service/verify-token.ts';
import type { Store } from '../../src/store/store.ts';
import type { AgentFacts } from '../../src/tools/define/define-tool.ts';
import { errorMessage, runTool } from '../../src/tools/define/run-tool.ts';
import { tools } from '../../src/tools/index.ts';
import { argumentsFor } from './any-input.ts';
import { aClient } from './conversation.ts';
import { aDatabase, aStore } from './database.ts';
import { wholeSchema } from './schema-subsets.ts';

/** One tenant of one database, as its caller sees it: an answer, or the text of a refusal. */
export type Ask = (tool: string, args: Record<string, unknown>) => Promise<unknown>;

/** A way in. `open` gives a tenant's way to the tools; whatever the way, all that is compared is what comes back. */
export interface Face {
  name: string;
  open(tenant: Tenant): Promise<Ask>;
}

export interface Tenant {
  /** Where its database is. */
  connection: pg.ClientConfig;
  store: Store;
  secret: string;
}

/** A database in which tenants live, and a way to look behind it. */
export interface World {
  connection: pg.ClientConfig;
  sql: pg.Client;
  tenant(workspace: string): Promise<Tenant>;
}

export async function aWorld(): Promise<World> {
  const connection = await aDatabase();
  return {
    connection,
    sql: await aClient(connection),
    async tenant(workspace) {
      const store = await aStore(connection, { workspace, poolSize: 1, maxOverflow: 1 });
      const { secret } = await createToken({ store, actor: 'tester' }, { name: 'agent', role: 'admin' });
      return { connection, store, secret };
    },
  };
}

/** What a process that serves others knows of itself: nothing of it is any tenant's. */
const facts: AgentFacts = {
  version: '1',
  database: 'server',
  databaseFrom: 'POSTGRES_HOST in /home/ann/.env',
  workspaceFrom: 'the folder /home/ann',
  cacheFrom: 'REDIS_HOST in /home/ann/.env',
  notices: ['/home/ann/.env is not read'],
  problems: ['/home/ann/data could not be taken over'],
  cache: { enabled: true, state: 'ready', hits: 12, misses: 34, errors: 56 },
  config: { workspace: 'of-ann', timeout_seconds: 1, pool_size: 1, max_overflow: 1, max_workers: 1 },
};

/** The tools as every face runs them, with the principal of a token. */
export const toolsFace: Face = {
  name: 'the tools',
  async open({ store, secret }) {
    const { principal } = await new TokenVerifier(store.database).verify(secret);
    if (principal === undefined) throw new Error('the token does not count');
    const host = {
      open: async () => ({ store, ...callerOf(principal) }),
      facts: () => facts,
      cacheIsKnown: async () => {},
    };
    return async (name, args) => {
      const tool = tools.find((each) => each.name === name);
      if (tool === undefined) throw new Error(`no tool ${name}`);
      return runTool(tool, host, args).catch((error) => ({ refused: errorMessage(error) }));
    };
  },
};

export interface TenantStep {
  tool: string;
  args: Record<string, unknown>;
}

/** A call of any tool with any arguments, those that depend on the time of day aside. */
export const aTenantStep: fc.Arbitrary<TenantStep> = fc.oneof(
  ...tools.map((tool) =>
    argumentsFor(wholeSchema(tool.input)).map((args) => ({ tool: tool.name, args: timeless(args) })),
  ),
);

function timeless(args: Record<string, unknown>): Record<string, unknown> {
  return {
    ...args,
    ...(args.lease_seconds !== undefined && { lease_seconds: 3_600 }),
    ...(args.since !== undefined && { since: '1h' }),
  };
}

/** Calls of which none is refused in a workspace that begins with two goals, by each route; an undo takes back the one before. */
const accepted: TenantStep[] = (
  [
    ['batch_get_tasks', { task_ids: ['TASK-1', 'TASK-2'] }],
    ['batch_update_tasks', { updates: [{ task_id: 'TASK-1', status: 'in_progress' }] }],
    ['update_task_status', { task_id: 'TASK-1', status: 'pending' }],
    ['claim_tasks', { task_ids: ['TASK-1'], lease_seconds: 3_600 }],
    ['release_tasks', { task_ids: ['TASK-1'] }],
    ['claim_tasks', { task_ids: ['TASK-1', 'TASK-3'], lease_seconds: 3_600 }],
    ['release_tasks', { task_ids: ['TASK-1', 'TASK-3'] }],
    ['acquire', { names: ['src/**', 'staging'], lease_seconds: 3_600 }],
    ['release', { names: ['src/**'] }],
    ['save_template', { name: 'weekly', goal_id: 'GOAL-1' }],
    ['apply_template', { name: 'weekly' }],
    ['recur_template', { name: 'weekly', rule: '0 9 * * MON' }],
    ['list_templates', {}],
    ['list_templates', { name: 'weekly' }],
    ['save_template', { name: 'other', goal_id: 'GOAL-1' }],
    ['delete_template', { name: 'other' }],
    ['add_note', { goal_id: 'GOAL-1', text: 'a note' }],
    ['add_note', { task_id: 'TASK-1', text: 'a note' }],
    ['update_goal', { goal_id: 'GOAL-1', priority: 'low' }],
    ['get_goal', { goal_id: 'GOAL-1' }],
    ['get_task', { task_id: 'TASK-1' }],
    ['list_tasks', { goal_id: 'GOAL-1' }],
    ['generate_execution_plan', { goal_id: 'GOAL-1' }],
    ['delete_task', { task_id: 'TASK-2' }],
    ['delete_goal', { goal_id: 'GOAL-2' }],
    ['undo', {}],
  ] as const
).map(([tool, args]) => ({ tool, args: { ...args } }));

/** What a tenant begins with: more of it than the first goals and tasks that other steps name. */
export function beginning(goals: number): TenantStep[] {
  const subtasks = [{ description: 'first' }, { description: 'second', dependencies: ['#1'] }];
  const made = Array.from({ length: goals }, (_, n) => [
    { tool: 'create_goal', args: { description: `goal ${n}`, repos: ['repo'] } },
    { tool: 'break_down_goal', args: { goal_id: `GOAL-${n + 1}`, subtasks } },
  ]);
  return [...made.flat(), { tool: 'update_task', args: { task_id: 'TASK-1', priority: 'high' } }, ...accepted];
}

/** All that a tenant can see in the end. */
export const ending: TenantStep[] = [
  ...['list_goals', 'list_tasks', 'get_history', 'get_briefing', 'get_next_tasks', 'get_agent_status'].map((tool) => ({
    tool,
    args: {},
  })),
  { tool: 'search', args: { query: 'goal', limit: 50 } },
];

/**
 * Numbers of events come from one sequence for all, and tell no more than how much is written at all. So each tenant names
 * its own by their order, and sees them so.
 */
export function eventsInOrder(sql: pg.Client, workspaceId: number) {
  const own = async () =>
    (
      await sql.query(
        `select seq from events where workspace_id = $1
         union
         select seq from operations where workspace_id = $1
         order by seq`,
        [workspaceId],
      )
    ).rows.map((row) => Number(row.seq));
  let cursor: string | undefined;
  return {
    async named({ tool, args: given }: TenantStep): Promise<TenantStep> {
      const args = tool === 'get_history' && given.cursor !== undefined ? { ...given, cursor } : given;
      const name = { undo: 'event_id', get_history: 'undo_of' }[tool];
      if (name === undefined) return { tool, args };
      // a number may come as its text
      const place = typeof args[name] === 'string' ? Number(args[name]) : args[name];
      if (typeof place !== 'number' || Number.isNaN(place)) return { tool, args };
      const events = await own();
      return { tool, args: { ...args, [name]: events.length === 0 ? 1e12 : events[Math.abs(place) % events.length] } };
    },
    async seen(answer: unknown): Promise<string> {
      cursor = (answer as { next_cursor?: string }).next_cursor ?? cursor;
      const places = new Map((await own()).map((seq, place) => [String(seq), `#${place}`]));
      return JSON.stringify(answer)
        .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z(?:\/\d+)?/g, '<time>')
        .replaceAll(/\b\d\d:\d\d:\d\dZ/g, '<time>')
        .replaceAll(
          /\b(?:(?:events?|event_id|undone_operation|undid|operation)"?:? ?|next_cursor":")\d+(?:(?:, |\/)\d+)*/gi,
          (text) => text.replaceAll(/\d+/g, (seq) => places.get(seq) ?? seq),
        );
    },
  };
}
