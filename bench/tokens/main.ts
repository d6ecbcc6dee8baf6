import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { version } from '../../src/main/version.ts';
import { toolSizes } from './definitions.ts';
import { report } from './report.ts';
import { standardSession } from './session.ts';

// What the tools and a session cost in a context window, counted at the other end of the program: npm run tokens

const program = fileURLToPath(new URL('../main/goal-agent.js', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'goal-agent-tokens-'));
const client = new Client({ name: 'tokens', version });
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void cleanUp().then(() => process.exit(1)));
try {
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [program, 'mcp'],
      // nothing that is configured here has a part in it; a name of its own would end in four random characters
      cwd: home,
      env: { PATH: process.env.PATH ?? '', GOAL_AGENT_HOME: home, GOAL_AGENT_NAME: 'claude-1' },
      stderr: 'ignore',
    }),
  );
  const sizes = await toolSizes(client);
  const session = await standardSession(client);
  report({ sizes, instructions: client.getInstructions()?.length ?? 0, session }, (line) => console.log(line));
} finally {
  await cleanUp();
}

/** The server is the last to leave its database, and stops it. */
async function cleanUp(): Promise<void> {
  await client.close();
  rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
