import type { Call } from '../../service/call.ts';
import type { AgentFacts } from './define-tool.ts';

/**
 * What this caller may know of the server. With a token that is its own workspace, and nothing of where the program runs or of
 * other workspaces: neither settings and files, nor how the cache of another workspace is used.
 */
export function factsFor(call: Call | undefined, facts: AgentFacts): AgentFacts {
  if (call?.principal === undefined) return facts;
  const { problems: _, ...rest } = facts;
  const noCache = { enabled: false, state: 'off', hits: 0, misses: 0, errors: 0 } as const;
  return {
    ...rest,
    databaseFrom: 'the service',
    cacheFrom: 'the service',
    workspaceFrom: 'the token',
    notices: [],
    cache: call.cached === undefined ? noCache : facts.cache,
    config: { ...facts.config, workspace: call.principal.workspace },
  };
}
