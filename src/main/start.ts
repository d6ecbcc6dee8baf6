import { homeOf, listIsSettled } from './before-settings.ts';
import { useCompileCache } from './compile-cache.ts';
import { ClientPipe } from './stdio/client-pipe.ts';
import { earlyAnswers } from './stdio/early-answers.ts';
import { workingDirectory } from './working-directory.ts';

// The first file that runs. It is small and has no library, because a client waits for the handshake.

/** Clients send the messages of their opening faster than this. */
const quietMs = 50;
const asServer = /^mcp(?: --read-only| --toolsets[= ][\w,]+)*$/;

const argv = process.argv.slice(2);
const surroundings = { env: process.env, cwd: workingDirectory() };
const client = asServer.test(argv.join(' ')) ? openClient() : undefined;
// the program is not loaded when no message needs it
if ((await client?.untilNeeded(quietMs)) === 'ended') process.exit();
useCompileCache(homeOf(surroundings));
const { runWith } = await import('./program.ts');
await runWith(argv, { cwd: surroundings.cwd, openClient: () => client ?? openClient() });
// a pipe that is being read would keep the process alive
if (client !== undefined) process.exit();

function openClient(): ClientPipe {
  if (process.stdin.isTTY) {
    process.stderr.write(
      'goal-agent mcp waits for an MCP client on stdin, and clients start it by themselves. Ctrl+C ends it; goal-agent --help shows more.\n',
    );
  }
  const early = earlyAnswers({ lists: argv.length === 1 && listIsSettled(surroundings) });
  // biome-ignore lint/plugin: the protocol's own end of the pipe
  const pipe = new ClientPipe(process.stdin, process.stdout, early);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => pipe.stop());
  return pipe;
}
