import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { onTestFinished } from 'vitest';
import { afterFile } from '../../support/after-file.ts';
import { program } from '../../support/bundle.ts';
import { type Ended, runProgram } from '../../support/run-program.ts';

export type Env = Record<string, string>;

/** A folder that is removed after the file. */
export function aFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'goal-agent-settings-'));
  afterFile(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a `.env` that its owner alone may read; gives back its path. */
export function writeEnv(directory: string, values: Env | string): string {
  mkdirSync(directory, { recursive: true });
  const file = path.join(directory, '.env');
  const lines =
    typeof values === 'string' ? values : Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(file, typeof lines === 'string' ? lines : lines.join(''), { mode: 0o600 });
  return file;
}

const outside = { PATH: process.env.PATH ?? '', NO_COLOR: '1' };

/** A server as a client starts it, in this directory and with this environment and no other; until the end of the test. */
export async function aServerIn(cwd: string, env: Env) {
  const server = await startIn(cwd, env);
  onTestFinished(() => server.close());
  return server;
}

/** The same, until somebody closes it. */
export async function startIn(cwd: string, env: Env) {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program, 'mcp'],
    cwd,
    env: { ...outside, ...env },
    stderr: 'pipe',
  });
  let stderr = '';
  transport.stderr?.on('data', (bytes) => {
    stderr += bytes;
  });
  const client = new Client({ name: 'tester', version: '1.0.0' });
  await client.connect(transport);
  return {
    client,
    close: () => client.close(),
    stderr: () => stderr,
    async call(name: string, args: Record<string, unknown> = {}) {
      const result = await client.callTool({ name, arguments: args });
      const text = (result.content as { text: string }[]).map((each) => each.text).join('\n');
      return { text, isError: result.isError === true, answer: (result.structuredContent ?? {}) as Answer };
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: an answer of any tool
type Answer = Record<string, any>;

/** A command as a person types it, in this directory. */
export function typed(args: string[], cwd: string, env: Env): Promise<Ended> {
  return runProgram(args, cwd, { ...outside, ...env });
}
