import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { getDefaultEnvironment } from '@modelcontextprotocol/client/stdio';
import type pg from 'pg';
import { onTestFinished } from 'vitest';
import { afterFile } from './after-file.ts';
import { program } from './bundle.ts';
import { type Era, environmentOf, modernRevision } from './server-process.ts';

export interface ServiceOptions {
  database: pg.ClientConfig;
  /** On top of where the database is. */
  env?: Record<string, string>;
  args?: string[];
  /** The data folder; one of its own if not said. Services of one home share the local token. */
  home?: string;
}

export interface Answer {
  status: number;
  headers: Headers;
  /** The body as JSON, where it is some. */
  // biome-ignore lint/suspicious/noExplicitAny: an answer of any route, looked at by the test that asked
  body: any;
  text: string;
}

/** `goal-agent serve` as a process of its own. */
export interface ServiceProcess {
  url: string;
  pid: number;
  home: string;
  localToken: string;
  /** A request with the local token, unless `headers` say otherwise; a body is sent as JSON. */
  request(method: string, route: string, options?: RequestOptions): Promise<Answer>;
  /** An MCP client over Streamable HTTP; closed at the end of the test or file that asks. */
  mcpClient(era: Era, headers?: Record<string, string>): Promise<Client>;
  /** The lines of its log file. */
  log(): string;
  stdout(): string;
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export interface RequestOptions {
  body?: unknown;
  headers?: Record<string, string | undefined>;
  signal?: AbortSignal;
}

/** Lives until the end of the file: call it at the file's top. */
export async function aService(options: ServiceOptions): Promise<ServiceProcess> {
  const { service, end } = await startService(options);
  afterFile(end);
  return service;
}

/** Lives until the end of the test that calls it. */
export async function aServiceForTest(options: ServiceOptions): Promise<ServiceProcess> {
  const { service, end } = await startService(options);
  onTestFinished(end);
  return service;
}

/** Lives until its `end` is called. */
export async function startService({ database, env = {}, args = [], home: given }: ServiceOptions) {
  const home = given ?? mkdtempSync(path.join(tmpdir(), 'goal-agent-service-'));
  const child = spawn(process.execPath, [program, 'serve', '--port', '0', ...args], {
    cwd: home,
    env: { ...getDefaultEnvironment(), ...environmentOf(database), GOAL_AGENT_HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  const output = collect(child);
  const clients: Client[] = [];
  const end = async () => {
    await Promise.all(clients.map((client) => client.close().catch(() => {})));
    child.kill('SIGKILL');
    await exited;
    if (given === undefined) rmSync(home, { recursive: true, force: true });
  };
  try {
    const url = await address(output, exited);
    const localToken = readFileSync(path.join(home, 'local-token'), 'utf8').trim();
    const service: ServiceProcess = {
      url,
      pid: child.pid ?? 0,
      home,
      localToken,
      request: (method, route, options) => request(`${url}${route}`, method, localToken, options),
      async mcpClient(era, headers = {}) {
        const client = await connectClient(`${url}/mcp`, era, { authorization: `Bearer ${localToken}`, ...headers });
        clients.push(client);
        return client;
      },
      log: () => readFileSync(path.join(home, 'logs', 'goal_agent_server.log'), 'utf8'),
      stdout: () => output.stdout,
      stderr: () => output.stderr,
      kill: (signal) => child.kill(signal),
      exited,
    };
    return { service, end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** A client over Streamable HTTP. */
export async function connectClient(
  url: string,
  era: Era,
  headers: Record<string, string>,
  name = 'tester',
): Promise<Client> {
  const mode = era === 'modern' ? { pin: modernRevision } : era;
  const client = new Client({ name, version: '1.0.0' }, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  return client;
}

function collect({ stdout, stderr }: ChildProcess): { stdout: string; stderr: string } {
  const output = { stdout: '', stderr: '' };
  stdout?.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  stderr?.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  return output;
}

/** The URL that the service says it listens on. */
async function address(output: { stdout: string; stderr: string }, exited: Promise<unknown>): Promise<string> {
  let isOver = false;
  void exited.then(() => {
    isOver = true;
  });
  for (;;) {
    const url = /listens on (http:\/\/\S+):/.exec(output.stdout)?.[1];
    if (url !== undefined) return url;
    if (isOver) throw new Error(`the service ended: ${output.stderr}`);
    await sleep(20);
  }
}

async function request(
  url: string,
  method: string,
  token: string,
  { body, headers = {}, signal }: RequestOptions = {},
): Promise<Answer> {
  const all = {
    authorization: `Bearer ${token}`,
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...headers,
  };
  const sent = Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const response = await fetch(url, {
    method,
    headers: sent,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
}
