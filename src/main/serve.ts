import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { serverFactory } from '../mcp/server.ts';
import { begin } from './begin.ts';
import type { Settings } from './config.ts';
import type { ClientPipe } from './stdio/client-pipe.ts';
import { PipeTransport } from './stdio/transport.ts';

/** Serves MCP to the client until the client closes stdin and has its answers, or until a signal asks us to stop. */
export async function serve(settings: Settings, client: ClientPipe): Promise<void> {
  const { log, wired } = begin(settings);
  wired.warmUp();
  const connection = serveStdio(serverFactory(wired), {
    transport: new PipeTransport(client),
    onerror: (error) => log.warn({ err: error }, 'protocol error'),
  });
  await client.ended;
  await connection.close();
  await wired.close();
}
