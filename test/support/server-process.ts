import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, type ClientCapabilities } from '@modelcontextprotocol/client';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type pg from 'pg';
import { onTestFinished } from 'vitest';
import { afterFile } from './after-file.ts';
import { program } from './bundle.ts';

/** `legacy` opens with `initialize` (2025), `modern` with `server/discover` (2026-07-28). */
export type Era = 'legacy' | 'modern';
export const eras: Era[] = ['legacy', 'modern'];
export const modernRevision = '2026-07-28';

export interface ServerOptions {
  /** `embedded`: the private one of its home. */
  database: pg.ClientConfig | 'embedded';
  /** `auto` leaves the choice to the client, as most clients do. */
  era?: Era | 'auto';
  /** On top of where the database is. */
  env?: Record<string, string>;
  /** The name that the client gives itself. */
  clientName?: string;
  /** What the client says that it can. */
  capabilities?: ClientCapabilities;
}

/** What a tool answered: `answer` is its structured content; `error` is the text of a result that is an error. */
export interface ToolAnswer {
  answer: Record<string, unknown>;
  text: string;
  error?: string;
}

/** The program as a process of its own, with the SDK's client at its other end. */
export interface ServerProcess {
  client: Client;
  pid: number;
  call(tool: string, args?: Record<string, unknown>, options?: { signal?: AbortSignal }): Promise<ToolAnswer>;
  /** All that the process wrote to stderr. */
  stderr(): string;
  close(): Promise<void>;
}

/** Lives until the end of the file: call it at the file's top. */
export async function aServer(options: ServerOptions): Promise<ServerProcess> {
  const server = await startServer(options);
  afterFile(() => server.close());
  return server;
}

/** Lives until the end of the test that calls it. */
export async function aServerForTest(options: ServerOptions): Promise<ServerProcess> {
  const server = await startServer(options);
  onTestFinished(() => server.close());
  return server;
}

export async function startServer({
  database,
  era = 'modern',
  env = {},
  clientName = 'tester',
  capabilities = {},
}: ServerOptions): Promise<ServerProcess> {
  const place = aPlace();
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program, 'mcp'],
    cwd: place.directory,
    env: { ...getDefaultEnvironment(), ...environmentOf(database), GOAL_AGENT_HOME: place.directory, ...env },
    stderr: 'pipe',
  });
  let stderr = '';
  transport.stderr?.on('data', (bytes) => {
    stderr += bytes;
  });
  const mode = era === 'modern' ? { pin: modernRevision } : era;
  const client = new Client({ name: clientName, version: '1.0.0' }, { capabilities, versionNegotiation: { mode } });
  await client.connect(transport);
  return {
    client,
    pid: transport.pid ?? 0,
    stderr: () => stderr,
    call: (name, args, options) => callTool(client, name, args, options),
    async close() {
      await client.close();
      place.remove();
    },
  };
}

/** Where the database is, as the program reads it. */
export function environmentOf(where: pg.ClientConfig | 'embedded'): Record<string, string> {
  if (where === 'embedded') return {};
  const { host, port, user, password, database, options } = where;
  if (options !== undefined) {
    const url = new URL(`postgres://${user}@${host}:${port}/${database}?sslmode=disable`);
    if (typeof password === 'string') url.password = password;
    url.searchParams.set('options', options);
    return { GOAL_AGENT_DATABASE_URL: url.href.replaceAll('+', '%20') };
  }
  return {
    POSTGRES_HOST: String(host),
    POSTGRES_PORT: String(port),
    POSTGRES_USER: String(user),
    POSTGRES_DB: String(database),
    POSTGRES_SSL_MODE: 'disable',
    ...(password !== undefined && { POSTGRES_PASSWORD: String(password) }),
  };
}

interface ToolResult {
  content: { text: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
}

/** What a tool answers to a client of the SDK. */
export async function callTool(
  client: Client,
  name: string,
  args: Record<string, unknown> = {},
  options: { signal?: AbortSignal; timeout?: number } = {},
): Promise<ToolAnswer> {
  return toolAnswer((await client.callTool({ name, arguments: args }, options)) as ToolResult);
}

function toolAnswer({ content, structuredContent, isError }: ToolResult): ToolAnswer {
  const text = content.map((each) => each.text).join('\n');
  return { text, answer: structuredContent ?? {}, ...(isError === true && { error: text }) };
}

/** A line that the program wrote, parsed. */
export interface Message {
  jsonrpc: string;
  id?: number | string | null;
  result?: Record<string, unknown>;
  error?: { code: number; message: string };
  method?: string;
}

export interface RawServer {
  pid: number;
  /** Any bytes to stdin. */
  write(bytes: string | Buffer): void;
  /** A request of the 2025 protocol; its answer. */
  request(method: string, params?: Record<string, unknown>): Promise<Message>;
  call(tool: string, args?: Record<string, unknown>): Promise<ToolAnswer>;
  /** The same, without waiting: the request's id. */
  begin(method: string, params?: Record<string, unknown>): number;
  answerTo(id: number): Promise<Message>;
  notify(method: string, params?: Record<string, unknown>): void;
  initialize(): Promise<Message>;
  /** Every line on stdout so far, as it came. */
  lines(): string[];
  stderr(): string;
  endInput(): void;
  /** Reads nothing of stdout until `readOn`. */
  stopReading(): void;
  readOn(): void;
  kill(signal: NodeJS.Signals): void;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** The program with no client between: lines in, lines out. Killed at the end of the test that calls it. */
export function aRawServer({ database, env = {} }: ServerOptions): RawServer {
  const place = aPlace();
  const child = spawn(process.execPath, [program, 'mcp'], {
    cwd: place.directory,
    env: { ...getDefaultEnvironment(), ...environmentOf(database), GOAL_AGENT_HOME: place.directory, ...env },
  });
  const server = rawServer(child);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await server.exited;
    place.remove();
  });
  return server;
}

function rawServer(child: ChildProcessWithoutNullStreams): RawServer {
  const lines: string[] = [];
  const waiting = new Map<number, (message: Message) => void>();
  const early = new Map<number, Message>();
  let [rest, stderr, lastId] = ['', '', 0];
  const take = (line: string) => {
    lines.push(line);
    const message = parsed(line);
    if (message === undefined) return;
    const id = Number(message.id);
    const resolve = waiting.get(id);
    if (resolve === undefined) early.set(id, message);
    else resolve(message);
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) take(line);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => {}); // it went away while we wrote: `exited` tells
  const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  const send = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const server: RawServer = {
    pid: child.pid ?? 0,
    write: (bytes) => child.stdin.write(bytes),
    notify: (method, params = {}) => send({ method, params }),
    begin(method, params = {}) {
      lastId += 1;
      send({ id: lastId, method, params });
      return lastId;
    },
    answerTo: (id) =>
      new Promise((resolve) => {
        const message = early.get(id);
        if (message === undefined) waiting.set(id, resolve);
        else resolve(message);
      }),
    request: (method, params) => server.answerTo(server.begin(method, params)),
    async call(name, args = {}) {
      const { result, error } = await server.request('tools/call', { name, arguments: args });
      if (error !== undefined) throw new Error(error.message);
      return toolAnswer(result as unknown as ToolResult);
    },
    async initialize() {
      const clientInfo = { name: 'raw', version: '1.0.0' };
      const answer = await server.request('initialize', {
        protocolVersion: '2025-06-18',
        capabilities: {},
        clientInfo,
      });
      server.notify('notifications/initialized');
      return answer;
    },
    lines: () => [...lines],
    stderr: () => stderr,
    endInput: () => child.stdin.end(),
    stopReading: () => child.stdout.pause(),
    readOn: () => child.stdout.resume(),
    kill: (signal) => child.kill(signal),
    exited,
  };
  return server;
}

/** Undefined for a line that is no JSON: the test that looks for such lines reads them all. */
function parsed(line: string): Message | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** A directory of its own to start in, so that no `.env` and no log of anybody else's is met. */
function aPlace() {
  const directory = mkdtempSync(path.join(tmpdir(), 'goal-agent-mcp-'));
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}
