#!/usr/bin/env node
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import pc from 'picocolors';
import { print } from '../cli/render.ts';
import { version } from './version.ts';

// The main job, done by a real MCP client over stdio, on a PostgreSQL that the server starts by itself, in a folder
// that is removed afterwards. The settings of this machine have no part in it.

const program = fileURLToPath(new URL('./goal-agent.js', import.meta.url));
const goal = {
  description: 'Add OAuth sign-in to the API',
  priority: 'high',
  repos: ['backend', 'frontend'],
  metadata: { jira_epic: 'PROJ-100' },
};
const subtasks = [
  { key: 'research', description: 'Compare OAuth providers and choose one', estimated_effort: '4h', priority: 'high' },
  { key: 'design', description: 'Design the token flow', estimated_effort: '1d', dependencies: ['research'] },
  { key: 'api', description: 'Build /auth/login and /auth/callback', estimated_effort: '2d', dependencies: ['design'] },
  {
    key: 'ui',
    description: 'Add the sign-in page',
    estimated_effort: '1d',
    repo: 'frontend',
    dependencies: ['design'],
  },
  { description: 'Write integration tests', estimated_effort: '1d', dependencies: ['api', 'ui'] },
  { description: 'Update the docs', estimated_effort: '2h', priority: 'low', dependencies: ['design'] },
];
const results: Record<string, unknown> = {
  'TASK-0001': { chosen: 'Keycloak', why: 'self-hosted, speaks OIDC' },
  'TASK-0003': { pull_request: 'https://example.com/pull/42' },
};

interface Task {
  id: string;
  description: string;
  status: string;
}
interface Plan {
  execution_phases: { phase: number; tasks: (Task & { estimated_effort: string })[] }[];
  critical_path: { task_ids: string[]; total_effort: string };
  unblocks_most: { task_id: string; in_all: number }[];
}
interface GoalState {
  status: string;
  task_details: Task[];
  progress: { completed: number; total: number };
}

/** A server process of its own, and a client that talks to it. */
class Session {
  readonly #client = new Client({ name: 'demo', version });
  #transport: StdioClientTransport | undefined;

  async start(home: string): Promise<void> {
    this.#transport = new StdioClientTransport({
      command: process.execPath,
      args: [program, 'mcp'],
      // no .env, no POSTGRES_*, no DATABASE_URL: the settings of this machine stay out of it
      cwd: home,
      env: { PATH: process.env.PATH ?? '', GOAL_AGENT_HOME: home, GOAL_AGENT_NAME: 'demo' },
      stderr: 'pipe',
    });
    const said = this.#transport.stderr;
    if (said) createInterface({ input: said as Readable }).on('line', (line) => print(pc.dim(`  server: ${line}`)));
    await this.#client.connect(this.#transport);
  }

  async call<T>(name: string, args: Record<string, unknown>): Promise<T> {
    const { structuredContent, isError, content } = await this.#client.callTool({ name, arguments: args });
    if (isError) throw new Error(`${name}: ${JSON.stringify(content)}`);
    return structuredContent as T;
  }

  /** Closes stdin, as a leaving client does, and waits for the process to end. */
  async end(): Promise<void> {
    await this.#client.close();
  }

  /** kill -9: no goodbye, nothing flushed. */
  async kill(): Promise<void> {
    const pid = this.#transport?.pid;
    if (pid) process.kill(pid, 'SIGKILL');
    await this.#client.close();
  }
}

const started = performance.now();
const home = mkdtempSync(join(tmpdir(), 'goal-agent-demo-'));
let session = new Session();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void cleanUp().then(() => process.exit(1)));
try {
  await demo();
} finally {
  await cleanUp();
}
print();
print(
  `${pc.green('✔')} Done in ${((performance.now() - started) / 1000).toFixed(1)} s. The demo's database is gone again.`,
);
print();
howToConnect();

/** The last server to leave stops the database. */
async function cleanUp(): Promise<void> {
  await session.end();
  rmSync(home, { recursive: true, force: true });
}

async function demo(): Promise<void> {
  print(pc.bold(`Goal Agent ${version}`));
  print('An MCP client starts the server, which starts a PostgreSQL of its own.');
  heading('A goal, broken down');
  await session.start(home);
  const { id } = await session.call<{ id: string }>('create_goal', goal);
  say('create_goal', `${pc.bold(id)} ${goal.description}`);
  const created = await session.call<{ tasks: Task[] }>('break_down_goal', { goal_id: id, subtasks, full: true });
  say('break_down_goal', `${created.tasks.length} tasks`);
  for (const task of created.tasks) print(`    ${pc.bold(task.id)} ${task.description}`);

  heading('The plan');
  showPlan(await session.call<Plan>('generate_execution_plan', { goal_id: id }));

  heading('The work');
  await workOn(id, 3);
  await session.kill();
  print(`  ${pc.red('kill -9')}  the server is gone in the middle of the work; a new one starts`);
  session = new Session();
  await session.start(home);
  await workOn(id, Number.POSITIVE_INFINITY);

  heading('After a restart');
  await session.end();
  session = new Session();
  await session.start(home);
  const state = await session.call<GoalState>('get_goal', { goal_id: id });
  say(
    'get_goal',
    `${pc.bold(id)} is ${pc.green(state.status)}: ${state.progress.completed} of ${state.progress.total} tasks`,
  );
  for (const task of state.task_details) print(`    ${pc.green('✔')} ${pc.bold(task.id)} ${task.description}`);
}

/** Takes the first ready task, again and again, until nothing is ready or `most` are done. */
async function workOn(goalId: string, most: number): Promise<void> {
  for (let done = 0; done < most; done += 1) {
    const { tasks } = await session.call<{ tasks: Task[] }>('get_next_tasks', { goal_id: goalId, limit: 1 });
    const [task] = tasks;
    if (task === undefined) return;
    await session.call('update_task_status', { task_id: task.id, status: 'in_progress' });
    const { made_ready, goal_status } = await session.call<{ made_ready: string[]; goal_status?: string }>(
      'update_task_status',
      { task_id: task.id, status: 'completed', result: results[task.id] ?? 'done' },
    );
    const ready = made_ready.length > 0 ? pc.dim(` → ready: ${made_ready.join(', ')}`) : '';
    print(`  ${pc.green('✔')} ${pc.bold(task.id)} ${task.description}${ready}`);
    if (goal_status === 'completed') print(`  ${pc.green('✔')} ${pc.bold(goalId)} completed with its last task`);
  }
}

function showPlan({ execution_phases, critical_path, unblocks_most }: Plan): void {
  for (const { phase, tasks } of execution_phases) {
    const shown = tasks.map((task) => `${pc.bold(task.id)} ${pc.dim(task.estimated_effort)}`).join(', ');
    print(`  phase ${phase}  ${shown}${tasks.length > 1 ? pc.dim('  (at the same time)') : ''}`);
  }
  print(`  critical path  ${critical_path.task_ids.join(' → ')}, ${critical_path.total_effort} of work`);
  const [first] = unblocks_most;
  if (first) print(`  unblocks most  ${first.task_id}, which ${first.in_all} others wait for`);
}

function howToConnect(): void {
  print(pc.bold('Connect Claude Desktop to this checkout: in claude_desktop_config.json'));
  print(JSON.stringify({ mcpServers: { 'goal-agent': { command: 'node', args: [program, 'mcp'] } } }));
  print();
  print(pc.bold('Connect Claude Code:'));
  print(`claude mcp add goal-agent -- node ${/\s/.test(program) ? JSON.stringify(program) : program} mcp`);
}

function heading(text: string): void {
  print();
  print(pc.bold(pc.cyan(text)));
}

function say(tool: string, text: string): void {
  print(`  ${pc.dim(tool)}  ${text}`);
}
