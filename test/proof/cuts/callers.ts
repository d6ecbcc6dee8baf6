import { Client } from '@modelcontextprotocol/client';
import { InMemoryTransport } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type pg from 'pg';

import { serverFactory } from '../../../src/mcp/server.ts';
import { Database } from '../../../src/store/database.ts';
import { Numbers } from '../../../src/store/numbers.ts';
import type { Store } from '../../../src/store/store.ts';
import { enterWorkspace } from '../../../src/store/workspaces.ts';
import { tools } from '../../../src/tools/index.ts';
import { afterFile } from '../../support/after-file.ts';
import { agentFacts } from '../../support/agent-facts.ts';
import type { Ask } from '../../support/examples.ts';
import { callTool, modernRevision } from '../../support/server-process.ts';

/** The program, and a client of it. */
export interface Program {
  /** Rejects where the program ends before it answers. */
  ask: Ask;
  /** Has it run, with one connection to the database that nothing was asked on. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Ends it without a word, where it is a process of its own. */
  kill?(): void;
}

/** Who calls, in every program: a session is known by its name. */
export const caller = 'ann';

const pool = { poolSize: 5, maxOverflow: 10, prepared: true, warn: () => {} };

/** The tools as a client sees them, in this process: the protocol is the real one, and only the pipe is not. */
export async function inThisProcess(database: pg.ClientConfig, timeoutMs = 10_000): Promise<Program> {
  let store: Store | undefined;
  const host = {
    async openCall() {
      if (store === undefined) throw new Error('the program was not started');
      return { store, actor: caller, agentName: caller };
    },
    facts: () => agentFacts,
    cacheIsKnown: async () => {},
    tools,
    report: (error: unknown) => process.stderr.write(`a defect: ${String(error)}\n`),
  };
  const [near, far] = InMemoryTransport.createLinkedPair();
  serveStdio(serverFactory(host), { transport: far });
  const client = new Client({ name: caller, version: '1' }, { versionNegotiation: { mode: { pin: modernRevision } } });
  await client.connect(near);
  afterFile(() => client.close());
  const stop = async () => {
    await store?.database.close();
    store = undefined;
  };
  afterFile(stop);
  return {
    ask: (name, args) => callTool(client, name, args),
    async start() {
      const opened = new Database({ ...pool, connect: async () => database, timeoutMs });
      // as openStore does, without a look at the schema
      const { id: workspaceId } = await enterWorkspace(opened, 'default');
      store = { database: opened, workspaceId, workspace: 'default', numbers: new Numbers(opened, workspaceId) };
    },
    stop,
  };
}
