import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Machine } from './machine.ts';

export interface Step {
  what: string;
  ms: number;
  /** What went wrong; undefined where it went well. */
  problem?: string;
}

export interface SelfTestOptions {
  /** A workspace for this test alone, which the caller removes afterwards. */
  workspace: string;
  timeoutMs: number;
  onStep: (step: Step) => void;
  /** What the server writes to its log. */
  onLog: (line: string) => void;
}

/** Starts the server as a client does, and takes a goal from its start to its end. Gives back whether all went well. */
export async function selfTest({ program, cwd, version }: Machine, options: SelfTestOptions): Promise<boolean> {
  const { workspace, timeoutMs, onStep, onLog } = options;
  const client = new Client({ name: 'goal-agent-test', version });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program, 'mcp'],
    cwd,
    env: { ...definedOf(process.env), GOAL_AGENT_WORKSPACE: workspace, GOAL_AGENT_READ_ONLY: 'false' },
    stderr: 'pipe',
  });
  transport.stderr?.on('data', (bytes) => onLog(String(bytes).trimEnd()));
  const end = Date.now() + timeoutMs;
  const timeout = () => ({ timeout: Math.max(1, end - Date.now()) });
  const call = async (name: string, args: Record<string, unknown>) => {
    const { isError, content, structuredContent } = await client.callTool({ name, arguments: args }, timeout());
    if (isError) throw new Error(content.map((part) => (part.type === 'text' ? part.text : '')).join(' '));
    return structuredContent as Record<string, unknown>;
  };
  let goal_id: unknown;
  const steps: [string, () => Promise<unknown>][] = [
    ['the server starts and shakes hands', () => client.connect(transport, timeout())],
    ['it lists its tools', async () => expect((await client.listTools({}, timeout())).tools.length > 0, 'no tools')],
    [
      'the database answers',
      async () => {
        const { persistence } = await call('get_agent_status', {});
        const { connected, problem } = persistence as { connected: boolean; problem?: string };
        expect(connected, problem ?? 'the database does not answer');
      },
    ],
    [
      'a goal is written',
      async () => {
        goal_id = (await call('create_goal', { description: 'A test of this installation' })).id;
      },
    ],
    [
      'it is broken down',
      () => call('break_down_goal', { goal_id, subtasks: [{ description: 'Write this down and read it again' }] }),
    ],
    ['its task is completed', () => call('update_task_status', { task_id: 'TASK-0001', status: 'completed' })],
    [
      'it is read again, completed',
      async () => expect((await call('get_goal', { goal_id })).status === 'completed', 'the goal is not completed'),
    ],
  ];
  try {
    for (const [what, run] of steps) {
      const began = Date.now();
      const problem = await run().then(
        () => undefined,
        (error: Error) => error.message || String(error),
      );
      onStep({ what, ms: Date.now() - began, ...(problem !== undefined && { problem }) });
      if (problem !== undefined) return false;
    }
    return true;
  } finally {
    await client.close().catch(() => {});
  }
}

function expect(isRight: boolean, problem: string): void {
  if (!isRight) throw new Error(problem);
}

function definedOf(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
