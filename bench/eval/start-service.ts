import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { WithService } from './run.ts';

const program = fileURLToPath(new URL('../main/goal-agent.js', import.meta.url));

/** The service of this build, on a database of its own that is gone afterwards. */
export const withService: WithService = async (toolsets, work) => {
  const home = mkdtempSync(join(tmpdir(), 'goal-agent-eval-'));
  const child = spawn(process.execPath, [program, 'serve', '--port', '0'], {
    cwd: home,
    env: { PATH: process.env.PATH ?? '', GOAL_AGENT_HOME: home, GOAL_AGENT_TOOLSETS: toolsets },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const found = /listens on (http:\/\/\S+):/.exec(line)?.[1];
        if (found !== undefined) resolve(found);
      });
      void exited.then(() => reject(new Error(`the service did not start: ${log}`)));
    });
    return await work({ url, localToken: readFileSync(join(home, 'local-token'), 'utf8').trim() });
  } finally {
    child.kill('SIGTERM');
    await exited;
    rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
};
