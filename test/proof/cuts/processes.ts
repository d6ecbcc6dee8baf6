import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { allTools } from '../../support/conversation.ts';
import type { Ask } from '../../support/examples.ts';
import { callTool, type ServerProcess, startServer } from '../../support/server-process.ts';
import { aServiceForTest } from '../../support/service-process.ts';
import { caller, type Program } from './callers.ts';
import type { Stand } from './stands.ts';

interface Running {
  ask: Ask;
  pid: number;
  end(): Promise<unknown>;
}

/** The server that a client starts for itself. Lives until the end of the test that asks. */
export function stdioProgram({ way }: Stand): Program {
  return killable(async () => {
    const server: ServerProcess = await startServer({
      database: way.connection,
      env: { ...allTools, GOAL_AGENT_NAME: caller },
    });
    return { ask: server.call, pid: server.pid, end: () => server.close() };
  });
}

/** The service over HTTP. Lives until the end of the test that asks. */
export function httpProgram({ way }: Stand): Program {
  const home = mkdtempSync(path.join(tmpdir(), 'goal-agent-cuts-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return killable(async () => {
    const service = await aServiceForTest({ database: way.connection, env: allTools, home });
    const client = await service.mcpClient('modern', { 'x-agent-name': caller });
    return {
      ask: (name, args) => callTool(client, name, args),
      pid: service.pid,
      async end() {
        service.kill('SIGKILL');
        await service.exited;
      },
    };
  });
}

/** The program in a process of its own, which is started where it does not run. */
function killable(run: () => Promise<Running>): Program {
  let running: Running | undefined;
  const stop = async () => {
    await running?.end();
    running = undefined;
  };
  onTestFinished(stop);
  return {
    async ask(tool, args) {
      if (running === undefined) throw new Error('the program does not run');
      return running.ask(tool, args);
    },
    async start() {
      if (running !== undefined) return;
      running = await run();
      // it opens its store
      await running.ask('get_agent_status', {});
    },
    stop,
    kill() {
      if (running !== undefined) process.kill(running.pid, 'SIGKILL');
    },
  };
}
