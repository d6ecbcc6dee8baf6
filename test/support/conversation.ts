import pg from 'pg';
import { expect } from 'vitest';
import type { Tool } from '../../src/tools/define/define-tool.ts';
import { tools } from '../../src/tools/index.ts';
import { afterFile } from './after-file.ts';
import { contentsOf } from './contents.ts';
import { aDatabase } from './database.ts';
import { aServer, type Era, type ServerProcess } from './server-process.ts';
import { strict } from './strict-schema.ts';

/** A client and a server process on a database of their own, and a way to look behind them. */
export interface Conversation {
  era: Era;
  database: pg.ClientConfig;
  server: ServerProcess;
  sql: pg.Client;
  /** The answer of a tool, whole unless `full: false` is given, after all that must be true of each answer was checked. */
  ask<T = Record<string, unknown>>(tool: string, args?: Record<string, unknown>): Promise<T>;
  /** The message with which a tool refuses, after it was checked that nothing was written and nothing is told that should not be. */
  refusal(tool: string, args?: Record<string, unknown>): Promise<string>;
}

/** For a server that offers all tools. */
export const allTools = { GOAL_AGENT_TOOLSETS: 'core,team,templates' };

/** Lives until the end of the file: call it at the file's top. */
export async function aConversation(era: Era, env: Record<string, string> = {}): Promise<Conversation> {
  const database = await aDatabase();
  const server = await aServer({ database, era, env });
  // with the definitions at hand the client checks answers against them, too
  await server.client.listTools();
  const sql = await aClient(database);
  return {
    era,
    database,
    server,
    sql,
    async ask<T>(tool: string, args: Record<string, unknown> = {}) {
      const { whole, output } = toolOf(tool);
      const { answer, text, error } = await server.call(tool, { ...(whole && { full: true }), ...args });
      expect(error, `${tool} ${JSON.stringify(args).slice(0, 200)}`).toBeUndefined();
      expect(JSON.parse(text)).toEqual(answer);
      const isWhole = whole !== undefined && args.full !== false;
      for (const schema of isWhole ? [whole, output] : [output])
        expect(strict(schema).safeParse(answer).error?.issues).toBeUndefined();
      return answer as T;
    },
    async refusal(tool, args) {
      const before = await contentsOf(sql);
      const { error } = await server.call(tool, args);
      expect(await contentsOf(sql)).toEqual(before);
      if (error === undefined) throw new Error(`${tool} was not refused`);
      expectFitForCallers(error, database);
      return error;
    },
  };
}

/** A connection to a test's database, closed at the end of the file. */
export async function aClient(database: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(database);
  client.on('error', () => {}); // a server that is killed takes this connection too
  await client.connect();
  afterFile(() => client.end());
  return client;
}

function toolOf(name: string): Tool {
  const tool = tools.find((each) => each.name === name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  return tool;
}

/** No stack, no SQL, nothing of where the database is, and no advice that destroys. */
export function expectFitForCallers(message: string, { host, port, password, user, database }: pg.ClientConfig): void {
  expect(message.length).toBeLessThan(1_500);
  expect(message).not.toMatch(/\n\s+at |\.ts:\d|\.js:\d|node:internal/);
  expect(message).not.toMatch(/\b(select|insert into|update \w+ set|delete from|workspace_id|constraint|relation)\b/i);
  expect(message).not.toMatch(/went wrong inside/);
  expect(message).not.toMatch(/\b(drop|truncate|delete|reset|wipe|rm -)\b/i);
  for (const secret of [host, port, password, database]) {
    if (secret !== undefined) expect(message).not.toContain(String(secret));
  }
  expect(message).not.toContain(`user "${user}"`);
}
