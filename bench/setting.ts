import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import type { PoolCall } from '../src/service/call.ts';
import { createDatabase } from '../src/store/create-database.ts';
import { joinEmbedded } from '../src/store/embedded/embedded.ts';
import { openStore } from '../src/store/store.ts';
import type { RecordedQuery } from './sql-clock.ts';

const program = fileURLToPath(new URL('../main/goal-agent.js', import.meta.url));
const emptyServer = fileURLToPath(new URL('./empty-server.js', import.meta.url));
const rawServer = fileURLToPath(new URL('./raw-server.js', import.meta.url));

/** A client of a server process of its own. */
export interface Connected {
  call(tool: string, args: Record<string, unknown>): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** How a program that is measured starts: flags of Node, and variables on top of its own. */
export interface Launch {
  flags: readonly string[];
  env: Record<string, string>;
}

const plainly: Launch = { flags: [], env: {} };

/** One throw-away embedded PostgreSQL, flushed to disk as in real use, with ways to work on it. */
export interface Setting {
  home: string;
  /** The database that all of them work on. */
  connection: pg.ClientConfig;
  /** The service in this process, on the database that `connect` uses too. */
  call: PoolCall;
  /** The real server, over stdio. */
  connect(launch?: Launch): Promise<Connected>;
  connectEmpty(): Promise<Connected>;
  /** A server whose only tool runs these statements. */
  connectRaw(queries: RecordedQuery[]): Promise<Connected>;
  end(): Promise<void>;
}

export const programPath = program;

export async function aSetting(): Promise<Setting> {
  const home = mkdtempSync(join(tmpdir(), 'goal-agent-bench-'));
  const server = await joinEmbedded({ home, say: () => {} });
  const { host, port, user } = server;
  await createDatabase({ host, port, user, database: 'postgres' }, 'mcp_goals');
  const connection = { host, port, user, database: 'mcp_goals' };
  const store = await openStore({
    connect: async () => connection,
    workspace: 'default',
    poolSize: 10,
    maxOverflow: 20,
    timeoutMs: 300_000,
    prepared: true,
    warn: () => {},
  });
  return {
    home,
    connection,
    call: { store, actor: 'bench' },
    connect: ({ flags, env } = plainly) => connectTo([...flags, program, 'mcp'], home, env),
    connectEmpty: () => connectTo([emptyServer], home),
    connectRaw: (queries) => connectTo([rawServer, JSON.stringify({ connection, queries })], home),
    async end() {
      await store.database.close();
      await server.leave();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Speaks the protocol line by line, so that what is measured is the server, and not a client's own checks of its answers. */
export async function connectTo(args: string[], home: string, more: Record<string, string> = {}): Promise<Connected> {
  const env = { PATH: process.env.PATH ?? '', GOAL_AGENT_HOME: home, GOAL_AGENT_NAME: 'bench', ...more };
  const child = spawn(process.execPath, args, { cwd: home, env, stdio: ['pipe', 'pipe', 'ignore'] });
  const waiting = new Map<number, (answer: Answer) => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as Answer;
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  let id = 0;
  const request = (method: string, params: unknown) =>
    new Promise<Answer>((resolve) => {
      id += 1;
      waiting.set(id, resolve);
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    });
  const clientInfo = { name: 'bench', version: '0' };
  await request('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
  child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);
  return {
    async call(name, input) {
      const { result, error } = await request('tools/call', { name, arguments: input });
      if (error !== undefined || result?.isError) throw new Error(`${name}: ${JSON.stringify(error ?? result)}`);
      return result?.structuredContent ?? {};
    },
    async close() {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

interface Answer {
  id: number;
  result?: { isError?: boolean; structuredContent?: Record<string, unknown> };
  error?: unknown;
}
