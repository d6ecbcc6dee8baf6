import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import pg from 'pg';
import { z } from 'zod';
import { wireTypes } from '../src/store/wire-types.ts';
import type { RecordedQuery } from './sql-clock.ts';

// What a tool can cost at best: the same statements, sent together, in a tool that does nothing else. Its first argument
// says where the database is and what to run.
const { connection, queries } = JSON.parse(process.argv[2] ?? '') as {
  connection: pg.ClientConfig;
  queries: RecordedQuery[];
};
const options = { ...connection, types: wireTypes, pipeline: true };
const client = new pg.Client(options);
await client.connect();

serveStdio(() => {
  const server = new McpServer({ name: 'raw', version: '0' });
  server.registerTool('run', { description: 'Run them.', inputSchema: z.object({}).loose() }, async () => {
    client.connection.stream.cork();
    process.nextTick(() => client.connection.stream.uncork());
    const answers = await Promise.all(queries.map((query) => client.query(query as pg.QueryConfig)));
    const structuredContent = { rows: answers.map((answer) => answer.rows) };
    return { content: [{ type: 'text', text: JSON.stringify(structuredContent) }], structuredContent };
  });
  return server;
});
process.stdin.once('end', () => process.exit(0));
