import { runProgram } from '../cli/program.ts';
import { readConfig } from './config.ts';
import { takeDriverVariables } from './driver-variables.ts';
import { dropLegacy } from './drop-legacy.ts';
import { init } from './init.ts';
import { serve } from './serve.ts';
import type { ClientPipe } from './stdio/client-pipe.ts';
import { version } from './version.ts';
import { withCall } from './with-call.ts';

/** Runs what the command line says. A server talks to the client that is there already, or else to that of `openClient`. */
export async function runWith(argv: string[], openClient: () => ClientPipe): Promise<void> {
  takeDriverVariables(process.env);
  const settings = (more: NodeJS.ProcessEnv = {}) =>
    readConfig({ env: { ...process.env, ...more }, cwd: process.cwd() });
  process.exitCode = await runProgram(argv, {
    version,
    async serve({ toolsets, readOnly }) {
      const config = settings({
        ...(toolsets !== undefined && { GOAL_AGENT_TOOLSETS: toolsets }),
        ...(readOnly && { GOAL_AGENT_READ_ONLY: 'true' }),
      });
      await serve(config, openClient());
      // the client is gone: nothing that still waits for a silent server is waited for
      process.exit();
    },
    withCall: (actor, work) => withCall({ config: settings(), actor }, work),
    dropLegacy: () => dropLegacy(settings()),
    init: () => init(settings(), (line) => process.stderr.write(`${line}\n`)),
  });
}
