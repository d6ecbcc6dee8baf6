import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { serverFactory } from '../mcp/server.ts';
import type { Config } from './config.ts';
import { openLog } from './log.ts';
import { wholeLines } from './whole-lines.ts';
import { wire } from './wire.ts';

/** Bytes of one request: a batch of 500 results of 256 KiB each is 128 MiB, and JSON within JSON may be longer. */
const longestLine = 256 * 1024 * 1024;

/** Serves MCP over stdin and stdout until the client closes stdin, or a signal comes. */
export async function serve(config: Config): Promise<void> {
  const log = openLog(config.home);
  for (const warning of config.warnings) log.warn(warning);
  const wired = wire(config, log);
  wired.warmUp();
  const transport = new StdioServerTransport(process.stdin.pipe(wholeLines(longestLine)), outgoing(), {
    maxBufferSize: longestLine + 1,
  });
  const connection = serveStdio(serverFactory(wired), {
    transport,
    onerror: (error) => log.warn({ err: error }, 'protocol error'),
  });
  await ended();
  await connection.close();
  await wired.close();
}

/** The client is gone: stdin ended, stdout broke, or somebody asked us to stop. */
function ended(): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => resolve();
    process.stdin.once('end', finish);
    process.stdin.once('close', finish);
    // answers that nobody reads: without a listener this would end the process in the middle of a statement
    outgoing().on('error', finish);
    process.once('SIGINT', finish);
    process.once('SIGTERM', finish);
    process.once('SIGHUP', finish);
  });
}

function outgoing(): NodeJS.WriteStream {
  // biome-ignore lint/plugin: listens for a broken pipe and writes nothing
  return process.stdout;
}
