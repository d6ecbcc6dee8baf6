#!/usr/bin/env node
import { runProgram } from '../cli/program.ts';
import { readConfig } from './config.ts';
import { takeDriverVariables } from './driver-variables.ts';
import { dropLegacy } from './drop-legacy.ts';
import { init } from './init.ts';
import { serve } from './serve.ts';
import { ClientPipe } from './stdio/client-pipe.ts';
import { version } from './version.ts';
import { withCall } from './with-call.ts';

takeDriverVariables(process.env);

const settings = (more: NodeJS.ProcessEnv = {}) => readConfig({ env: { ...process.env, ...more }, cwd: process.cwd() });

process.exitCode = await runProgram(process.argv.slice(2), {
  version,
  async serve({ toolsets, readOnly }) {
    const config = settings({
      ...(toolsets !== undefined && { GOAL_AGENT_TOOLSETS: toolsets }),
      ...(readOnly && { GOAL_AGENT_READ_ONLY: 'true' }),
    });
    // biome-ignore lint/plugin: the protocol's own end of the pipe
    const client = new ClientPipe(process.stdin, process.stdout);
    await serve(config, client);
    // the client is gone: nothing that still waits for a silent server is waited for
    process.exit();
  },
  withCall: (actor, work) => withCall({ config: settings(), actor }, work),
  dropLegacy: () => dropLegacy(settings()),
  init: () => init(settings(), (line) => process.stderr.write(`${line}\n`)),
});
