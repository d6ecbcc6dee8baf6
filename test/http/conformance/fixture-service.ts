import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Hono } from 'hono';
import type pg from 'pg';
import { createApp } from '../../../src/http/app.ts';
import { namesOf } from '../../../src/http/guard/addresses.ts';
import type { HttpEnv } from '../../../src/http/parts.ts';
import { listen, peerOf } from '../../../src/http/server.ts';
import { adminParts } from '../../../src/main/admin-parts.ts';
import { readConfig } from '../../../src/main/config.ts';
import { ensureLocalToken } from '../../../src/main/local-token.ts';
import { openLog } from '../../../src/main/log.ts';
import { wire } from '../../../src/main/opening/wire.ts';
import { serviceParts } from '../../../src/main/opening/wire-service.ts';
import { serverFactory } from '../../../src/mcp/server.ts';
import { afterFile } from '../../support/after-file.ts';
import { environmentOf } from '../../support/server-process.ts';
import { registerFixturePrompts, registerFixtureResources } from './fixture-pages.ts';
import { registerFixtureQuestions, states } from './fixture-questions.ts';
import { registerFixtureTools } from './fixture-tools.ts';

/**
 * The service as it is, with the tools, resources and prompts that the suite asks for beside its own. The suite shows no
 * token; therefore each request gets the local one on its way in.
 * @returns the URL of its MCP endpoint
 */
export async function aFixtureService(database: pg.ClientConfig): Promise<string> {
  const home = mkdtempSync(path.join(tmpdir(), 'goal-agent-conformance-'));
  const env = { ...environmentOf(database), GOAL_AGENT_HOME: home };
  const config = readConfig({ env, cwd: home, reader: 'server' });
  const localToken = await ensureLocalToken(home);
  const log = openLog(home);
  const wired = wire(config, log, { isShared: true });
  const admin = adminParts(config, { log, backups: { reload: async () => null } });
  const parts = serviceParts(wired, { admin, log, localToken, oauth: undefined, webhookFailures: () => 0 });
  const newServer = serverFactory(parts, { requestState: { verify: states.verify } });
  const app = createApp(parts, {
    names: namesOf('127.0.0.1', undefined),
    oauth: undefined,
    rates: { requests: 100_000, windowSeconds: 60 },
    urlOf: (requestUrl) => new URL(requestUrl).origin,
    peerOf,
    newMcpServer(context) {
      const server = newServer(context);
      registerFixtureTools(server);
      registerFixtureResources(server);
      registerFixturePrompts(server);
      registerFixtureQuestions(server);
      return server;
    },
  });
  const front = new Hono<HttpEnv>();
  front.all('*', ({ req, env: connection }) => {
    req.raw.headers.set('authorization', `Bearer ${localToken}`);
    return app.fetch(req.raw, connection);
  });
  const listening = await listen({ fetch: front.fetch, close: () => app.close() }, { host: '127.0.0.1', port: 0 });
  afterFile(async () => {
    await listening.stop();
    await wired.close();
    rmSync(home, { recursive: true, force: true });
  });
  return `http://127.0.0.1:${listening.port}/mcp`;
}
