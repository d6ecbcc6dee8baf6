/*
 * A client as users have them: a process of its own. Reads commands from stdin, one JSON value a line, and answers each on stdout.
 * machine.ts bundles it and talks to it.
 */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { type EmbeddedServer, joinEmbedded } from '../../../../src/store/embedded/embedded.ts';
import { type StartLock, tryStartLock } from '../../../../src/store/embedded/start-lock.ts';
import { codeOf } from '../../../../src/store/embedded/trouble.ts';

export interface Command {
  readonly do: 'join' | 'query' | 'leave' | 'lock' | 'unlock';
  readonly options?: { home: string; binDir?: string; settings?: Record<string, string> };
  readonly sql?: string;
  readonly directory?: string;
}

let server: EmbeddedServer | undefined;
let lock: StartLock | undefined;
const said: string[] = [];

async function obey(command: Command): Promise<unknown> {
  switch (command.do) {
    case 'join': {
      if (!command.options) throw new Error('no options');
      const began = performance.now();
      await server?.leave();
      server = await joinEmbedded({ ...command.options, say: (line) => said.push(line) });
      return { ...server, ms: performance.now() - began, said };
    }
    case 'query':
      return query(command.sql ?? '');
    case 'leave':
      // both, since a program may leave at a signal and at its end
      await Promise.all([server?.leave(), server?.leave()]);
      return 'left';
    case 'lock':
      lock = await tryStartLock(command.directory ?? '');
      return lock !== undefined;
    case 'unlock':
      await lock?.release();
      return 'unlocked';
  }
}

async function query(sql: string): Promise<unknown> {
  if (!server) throw new Error('not joined');
  const { host, port, user, password } = server;
  const client = new pg.Client({ host, port, user, database: 'postgres', ...(password ? { password } : {}) });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await obey(JSON.parse(line)).then(
    (value) => ({ value }),
    (error: Error) => ({
      error: { name: error.name, code: codeOf(error), message: error.message, cause: String(error.cause) },
    }),
  );
  writeSync(1, `${JSON.stringify(answer)}\n`);
}
