import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Server } from './server-entry.ts';

/** Whether a server answers a client, and with how many tools. */
export type Tried = { isWorking: true; tools: number } | { isWorking: false; problem: string };

const patienceMs = 20_000;

/**
 * Starts a server as a client does, with few variables of this shell, and asks it for its tools. A service is called at
 * its address.
 */
export async function tryServer(server: Server, cwd: string): Promise<Tried> {
  const client = new Client({ name: 'goal-agent-setup', version: '1' });
  const transport = server.kind === 'local' ? localTransport(server, cwd) : remoteTransport(server);
  try {
    await client.connect(transport, { timeout: patienceMs });
    const { tools } = await client.listTools(undefined, { timeout: patienceMs });
    return { isWorking: true, tools: tools.length };
  } catch (error) {
    return { isWorking: false, problem: problemOf(error) };
  } finally {
    await client.close().catch(() => {});
  }
}

function localTransport({ command, args, env }: Extract<Server, { kind: 'local' }>, cwd: string) {
  return new StdioClientTransport({ command, args, env, cwd, stderr: 'ignore' });
}

function remoteTransport({ url, headers }: Extract<Server, { kind: 'remote' }>) {
  return new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
}

function problemOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'its program is not there';
  if (code === 'EACCES') return 'its program may not be started';
  return message.split('\n')[0] ?? 'it does not answer';
}
