import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { breakDownGoal } from '../src/service/break-down-goal.ts';
import { createGoal } from '../src/service/goals.ts';
import { aSubtask } from '../test/support/builders.ts';
import { aRawClaimer } from './claimer.ts';
import { Figures, table } from './measure.ts';
import { type Connected, type Launch, programPath, type Setting } from './setting.ts';

const agentCounts = [1, 8, 50, 200];
const perTurn = 2_000;
const turns = 3;
const warmUp = 300;
/** Connections of the raw loop, and stdio processes: more of either measure how cores are shared out. */
const mostRaw = 50;
const mostProcesses = 8;

/**
 * HTTP agents on keep-alive connections that claim and complete tasks, by turns with the raw loop that only locks and
 * updates the same rows over as many connections, and with agents that each have a process of their own. Then reads, beside
 * an empty handler.
 */
export async function benchService(setting: Setting, print: (line: string) => void): Promise<void> {
  const service = await aService(setting.home);
  try {
    await aGoalWith(setting, 200_000 / 10);
    const rows: (string | number)[][] = [['agents', 'what they do', 'per second', 'p50 (ms)', 'p99 (ms)']];
    for (const count of agentCounts) rows.push(...(await ofAgents(setting, service, count)));
    table(rows, print);
    table(await reads(service), print);
  } finally {
    await service.stop();
  }
}

async function ofAgents(setting: Setting, service: Service, count: number): Promise<(string | number)[][]> {
  const turnsOf = { claims: new Figures(), done: new Figures(), raw: new Figures(), stdio: new Figures() };
  const agents = Array.from({ length: count }, (_, n) => service.agent(`agent-${n}`));
  const raw = await Promise.all(
    Array.from({ length: Math.min(count, mostRaw) }, () => aRawClaimer(setting.connection)),
  );
  const processes = await Promise.all(Array.from({ length: Math.min(count, mostProcesses) }, () => setting.connect()));
  const held: { id: string; fence: number }[] = [];
  const claim = async (agent: HttpAgent) => {
    const start = performance.now();
    const { tasks } = (await agent.post('/claims', { limit: 1 })) as { tasks: { id: string; fence: number }[] };
    held.push(...tasks);
    return performance.now() - start;
  };
  const finish = async (agent: HttpAgent) => {
    const task = held.pop();
    if (task === undefined) throw new Error('nothing is held');
    const start = performance.now();
    await agent.put(`/tasks/${task.id}/status`, { status: 'completed', fence: task.fence });
    return performance.now() - start;
  };
  const byProcess = async (connected: Connected) => {
    const start = performance.now();
    await connected.call('claim_tasks', { limit: 1 });
    return performance.now() - start;
  };
  for (let turn = 0; turn <= turns; turn += 1) {
    const isWarm = turn > 0;
    const runs = isWarm ? perTurn : warmUp;
    await aGoalWith(setting, runs * 3);
    const of = isWarm
      ? turnsOf
      : { claims: new Figures(), done: new Figures(), raw: new Figures(), stdio: new Figures() };
    await of.claims.add(agents, runs, claim);
    await of.raw.add(raw, runs, (claimer) => claimer.claim());
    await of.stdio.add(processes, runs / 2, byProcess);
    await of.done.add(agents, runs, finish);
  }
  await Promise.all([...raw.map((each) => each.end()), ...processes.map((each) => each.close())]);
  for (const agent of agents) agent.end();
  const ratio = ((turnsOf.claims.row()[0] ?? 0) / (turnsOf.raw.row()[0] ?? 1)).toFixed(2);
  return [
    [String(count), 'claim over HTTP', ...turnsOf.claims.cells()],
    [String(count), 'complete over HTTP, one goal', ...turnsOf.done.cells()],
    [String(raw.length), 'raw loop: lock and update, no more', ...turnsOf.raw.cells()],
    [String(processes.length), 'claim over stdio, a process each', ...turnsOf.stdio.cells()],
    [String(count), `claims over HTTP against the raw loop: ${ratio}`, '', '', ''],
  ];
}

async function reads(service: Service): Promise<(string | number)[][]> {
  const agents = Array.from({ length: 8 }, (_, n) => service.agent(`reader-${n}`));
  const [empty, task] = [new Figures(), new Figures()];
  const read = (path: string) => async (agent: HttpAgent) => {
    const start = performance.now();
    await agent.get(path);
    return performance.now() - start;
  };
  for (let turn = 0; turn < turns; turn += 1) {
    await empty.add(agents, perTurn, read('/health'));
    await task.add(agents, perTurn, read('/api/v1/tasks/TASK-0001'));
  }
  for (const agent of agents) agent.end();
  return [
    ['reads by 8 agents', 'per second', 'p50 (ms)', 'p99 (ms)'],
    ['GET /health: a handler that does nothing', ...empty.cells()],
    ['GET /api/v1/tasks/{task_id}', ...task.cells()],
  ];
}

interface HttpAgent {
  get(path: string): Promise<unknown>;
  post(path: string, body: unknown): Promise<unknown>;
  put(path: string, body: unknown): Promise<unknown>;
  end(): void;
}

export interface Service {
  url: string;
  agent(name: string): HttpAgent;
  stop(): Promise<void>;
}

/** The real service, in a process of its own. */
export async function aService(home: string, launch: Launch = { flags: [], env: {} }): Promise<Service> {
  const env = { PATH: process.env.PATH ?? '', GOAL_AGENT_HOME: home, ...launch.env };
  const child = spawn(process.execPath, [...launch.flags, programPath, 'serve', '--port', '0'], {
    cwd: home,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = (await once(lines, 'line')) as [string];
  const port = Number(/:(\d+):/.exec(line)?.[1]);
  const token = readFileSync(join(home, 'local-token'), 'utf8').trim();
  return {
    url: `http://127.0.0.1:${port}`,
    agent(name) {
      const connection = new Agent({ keepAlive: true, maxSockets: 1 });
      const headers = { authorization: `Bearer ${token}`, 'x-agent-name': name };
      const send = (method: string, path: string, body?: unknown) =>
        exchange({ method, path, port, headers, agent: connection }, body);
      return {
        get: (path) => send('GET', path),
        post: (path, body) => send('POST', `/api/v1${path}`, body),
        put: (path, body) => send('PUT', `/api/v1${path}`, body),
        end: () => connection.destroy(),
      };
    },
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

interface Exchange {
  method: string;
  path: string;
  port: number;
  headers: Record<string, string>;
  agent: Agent;
}

function exchange({ headers, ...options }: Exchange, body: unknown): Promise<unknown> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const all = {
    ...headers,
    ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
  };
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', ...options, headers: all }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const answer = Buffer.concat(parts).toString();
        if ((response.statusCode ?? 500) < 300) resolve(JSON.parse(answer));
        else reject(new Error(`${options.method} ${options.path}: ${answer}`));
      });
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

async function aGoalWith({ call }: Setting, count: number): Promise<void> {
  const { id } = await createGoal(call, { description: 'to claim', priority: 'low', repos: [], metadata: {} });
  for (let left = count; left > 0; left -= 1000) {
    const subtasks = Array.from({ length: Math.min(left, 1000) }, () => aSubtask());
    await breakDownGoal(call, id, subtasks);
  }
}
