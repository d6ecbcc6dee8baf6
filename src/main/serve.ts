import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { ResourceEvents } from '../mcp/resource-events.ts';
import { serverFactory } from '../mcp/server.ts';
import { WatchedResources } from '../mcp/watched-resources.ts';
import { begin } from './begin.ts';
import type { Settings } from './config.ts';
import type { ClientPipe } from './stdio/client-pipe.ts';
import { PipeTransport } from './stdio/transport.ts';

/** Serves MCP to the client until the client closes stdin and has its answers, or until a signal asks us to stop. */
export async function serve(settings: Settings, client: ClientPipe): Promise<void> {
  const { log, wired } = begin(settings);
  wired.warmUp();
  const newServer = serverFactory(wired);
  const watched = new WatchedResources(new ResourceEvents(() => wired.openCall({})));
  const connection = serveStdio(
    (context) => {
      const server = newServer(context);
      watched.serveWith(server, context.era);
      return server;
    },
    {
      transport: new PipeTransport(client, (message) => watched.notice(message)),
      onerror: (error) => log.warn({ err: error }, 'protocol error'),
    },
  );
  void client.inputEnded.then(() => wired.endWaits());
  await client.ended;
  watched.close();
  await connection.close();
  await wired.close();
}
