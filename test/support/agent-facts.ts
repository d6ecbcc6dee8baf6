import type { AgentFacts } from '../../src/tools/define/define-tool.ts';

/** What a program on a server says of itself, without a cache. */
export const agentFacts: AgentFacts = {
  version: '1',
  database: 'server',
  databaseFrom: 'POSTGRES_HOST',
  workspaceFrom: 'the default',
  cacheFrom: 'nothing',
  notices: [],
  cache: { enabled: false, state: 'off', hits: 0, misses: 0, errors: 0 },
  config: { workspace: 'default', timeout_seconds: 1, pool_size: 1, max_overflow: 1, max_workers: 1 },
};
