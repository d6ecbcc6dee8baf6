import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { serverFactory } from '../mcp/server.ts';
import type { Config } from './config.ts';
import { openLog } from './log.ts';
import type { ClientPipe } from './stdio/client-pipe.ts';
import { PipeTransport } from './stdio/transport.ts';
import { wire } from './wire.ts';

/** Serves MCP to the client until it closes stdin and has its answers, or somebody asks us to stop. */
export async function serve(config: Config, client: ClientPipe): Promise<void> {
  const log = openLog(config.home);
  for (const warning of config.warnings) log.warn(warning);
  const wired = wire(config, log);
  wired.warmUp();
  const connection = serveStdio(serverFactory(wired), {
    transport: new PipeTransport(client),
    onerror: (error) => log.warn({ err: error }, 'protocol error'),
  });
  await client.ended;
  await connection.close();
  await wired.close();
}
