import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

// A floor to measure against: the same SDK over the same pipe, with one tool that does nothing.
serveStdio(() => {
  const server = new McpServer({ name: 'empty', version: '0' });
  server.registerTool('nothing', { description: 'Do nothing.', inputSchema: z.object({}).loose() }, () => ({
    content: [{ type: 'text', text: '{}' }],
    structuredContent: {},
  }));
  return server;
});
process.stdin.once('end', () => process.exit(0));
