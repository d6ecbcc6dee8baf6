// How every example reaches Goal Agent: as an MCP client that starts the server of this checkout.
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const program = fileURLToPath(new URL('../dist/main/goal-agent.js', import.meta.url));

/**
 * An agent with a server process of its own. Its name stands in the history.
 * `call` gives back what a tool answers, and throws what a tool refuses.
 */
export async function connect(name) {
  const client = new Client({ name, version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program, 'mcp'],
    // a client hands its server few variables by itself
    env: { ...process.env, GOAL_AGENT_NAME: name },
    stderr: 'ignore',
  });
  await client.connect(transport);
  return {
    client,
    async call(tool, args = {}) {
      const { structuredContent, content, isError } = await client.callTool({ name: tool, arguments: args });
      if (isError) throw new Error(`${tool}: ${content.map(({ text }) => text).join('\n')}`);
      return structuredContent;
    },
    /** As a crash ends it: the server gets no chance to say goodbye. */
    crash: () => process.kill(transport.pid, 'SIGKILL'),
    close: () => client.close(),
  };
}
