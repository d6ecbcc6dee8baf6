import { z } from 'zod';
import { GoalAgentError } from '../domain/errors.ts';
import { readWorkspaceState } from '../service/workspace-state.ts';
import { defineTool, reads, type ToolContext } from './define/define-tool.ts';

const State = z.object({
  goals: z.number().int(),
  tasks: z.number().int(),
  open_tasks: z.number().int(),
  goal_counter: z.number().int(),
  task_counter: z.number().int(),
  /** There is more than what was counted. */
  at_least: z.literal(true).optional(),
});

export const getAgentStatus = defineTool({
  name: 'get_agent_status',
  description: 'Check that the goal store works: version, database, cache, and how much it holds.',
  // not strict: some clients send an argument, since their models may not call a tool without any
  input: z.object({}),
  output: z.object({
    version: z.string(),
    server_version: z.string(),
    persistence: z.object({
      database: z.literal('PostgreSQL'),
      mode: z.enum(['embedded', 'server', 'undecided']),
      from: z.string(),
      connected: z.boolean(),
      problem: z.string().optional(),
    }),
    current_state: State.nullable(),
    agent_config: z.object({
      name: z.string().nullable(),
      workspace: z.string(),
      workspace_from: z.string(),
      timeout_seconds: z.number(),
      pool_size: z.number().int(),
      max_overflow: z.number().int(),
      max_workers: z.number().int(),
    }),
    cache: z.object({
      enabled: z.boolean(),
      state: z.enum(['off', 'ready', 'unreachable']),
      from: z.string(),
      hits: z.number().int(),
      misses: z.number().int(),
      errors: z.number().int(),
    }),
    architecture: z.string(),
    notices: z.array(z.string()).optional(),
    problems: z.array(z.string()).optional(),
  }),
  hints: reads,
  async run(context) {
    const { state, actor, problem } = await look(context);
    // only now, since what an older version left and the cache are looked at while the store opens
    const { version, database, databaseFrom, cache, cacheFrom, workspaceFrom, config, notices, problems } =
      context.facts();
    return {
      version: '3.0 (PostgreSQL Persistence)',
      server_version: version,
      persistence: {
        database: 'PostgreSQL' as const,
        mode: database,
        from: databaseFrom,
        connected: state !== null,
        ...(problem !== undefined && { problem }),
      },
      current_state: state,
      agent_config: { name: actor, ...config, workspace_from: workspaceFrom },
      cache: { ...cache, from: cacheFrom },
      ...(notices.length > 0 && { notices: notices.slice(0, 10) }),
      ...(problems !== undefined && { problems: problems.slice(0, 10) }),
      architecture:
        database === 'embedded'
          ? 'Every client starts its own process; all of them share one private PostgreSQL on this machine'
          : 'Every client starts its own process; all of them share the PostgreSQL server that is configured',
    };
  },
});

/** A status has to be had when the database is not: that is when it is asked for. */
async function look(
  context: ToolContext,
): Promise<{ state: z.infer<typeof State> | null; actor: string | null; problem?: string }> {
  try {
    const call = await context.open();
    const { goals, tasks, openTasks, goalCounter, taskCounter, isAll } = await readWorkspaceState(call);
    const counted = { goals, tasks, open_tasks: openTasks, goal_counter: goalCounter, task_counter: taskCounter };
    const state = { ...counted, ...(!isAll && { at_least: true as const }) };
    return { state, actor: call.actor };
  } catch (error) {
    if (!(error instanceof GoalAgentError)) throw error;
    return { state: null, actor: null, problem: error.message };
  }
}
