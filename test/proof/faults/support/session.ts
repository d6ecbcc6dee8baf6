import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { callTool, startServer, type ToolAnswer } from '../../../support/server-process.ts';
import { connectClient, type ServiceProcess } from '../../../support/service-process.ts';

/** A client's way to a server. It is lost with the server; the client then makes another. */
export interface Session {
  call(tool: string, args: Record<string, unknown>): Promise<ToolAnswer>;
  /** The process, where it is the session's own. */
  pid?: number;
  close(): Promise<void>;
}

/** Longer than anything may take: what is not answered by then is told as a failure of the proof. */
const callTimeoutMs = 45_000;

interface StdioOptions {
  name: string;
  database: pg.ClientConfig | 'embedded';
  env?: Record<string, string>;
}

/** Starts a server of one client's own. Its name stays the same, so that it gets the answers that were lost with the last. */
export async function stdioSession({ name, database, env = {} }: StdioOptions): Promise<Session> {
  const server = await startServer({ database, env: { ...env, GOAL_AGENT_NAME: name } });
  return {
    pid: server.pid,
    call: (tool, args) => callTool(server.client, tool, args, { timeout: callTimeoutMs }),
    close: () => server.close(),
  };
}

/** Connects to one of the service's replicas. */
export async function serviceSession(name: string, { url, localToken }: ServiceProcess): Promise<Session> {
  const client = await connectClient(`${url}/mcp`, 'modern', { authorization: `Bearer ${localToken}` }, name);
  return {
    call: (tool, args) => callTool(client, tool, args, { timeout: callTimeoutMs }),
    // a replica that is gone cannot be told
    close: () => Promise.race([client.close().catch(() => {}), sleep(1_000)]),
  };
}
