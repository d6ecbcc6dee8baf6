import type { z } from 'zod';
import { type Clients, localUrl } from '../../machine/service/ask.ts';
import type { ServiceRecord } from '../../machine/service/record.ts';
import type { Started } from '../../machine/service/start.ts';
import type { Stopped } from '../../machine/service/stop.ts';
import type { getAgentStatus } from '../../tools/get-agent-status.ts';
import type { StartCheck } from '../actions.ts';
import { hint, look, print, renderError } from './output.ts';
import { count } from './text.ts';
import { age, clock } from './time.ts';

export type AgentStatus = z.infer<typeof getAgentStatus.output> & {
  persistence: { mode: string; from: string; connected: boolean; problem?: string };
  current_state: { goals: number; tasks: number; open_tasks: number; at_least?: true | undefined } | null;
  agent_config: { workspace: string; pool_size: number; max_overflow: number; timeout_seconds: number };
  cache: { enabled: boolean; state: string; from: string; hits: number; misses: number };
  notices?: string[];
  problems?: string[];
};

const nameCells = 11;

export function renderStarted({ service, isOld, problem }: Started, { isElsewhere = false } = {}): void {
  const { colours, signs } = look();
  const url = localUrl(service);
  if (problem !== undefined) {
    print(`${colours.warning(signs.stopped)} The service runs at ${url} (process ${service.pid}).`);
    renderError(`its database cannot be used: ${problem} The service goes on trying; logs shows more.`);
    return;
  }
  const how = isOld ? 'runs already' : 'is ready';
  print(`${colours.good(signs.done)} Goal Agent ${how} at ${url} (process ${service.pid}).`);
  print(`  MCP at ${url}/mcp, REST at ${url}/api/v1`);
  if (isElsewhere) print('  It stays at this address. goal-agent restart with the same options moves it.');
  for (const line of hint('See how it does: goal-agent status. End it: goal-agent stop')) print(line);
}

export function renderStopped(stopped: Stopped | undefined): void {
  if (stopped === undefined) {
    print('Goal Agent does not run; there is nothing to stop.');
    return;
  }
  const { service, wasGraceful } = stopped;
  const how = wasGraceful ? 'is stopped' : 'did not end when it was asked, and was ended by force';
  print(`Goal Agent (process ${service.pid}) ${how}.`);
}

export function renderCheck(checks: StartCheck[]): void {
  const { colours, signs } = look();
  for (const { what, answer, isGood } of checks) {
    const sign = isGood ? colours.good(signs.done) : colours.bad(signs.failed);
    print(`${sign} ${what.padEnd(nameCells)}${answer}`);
  }
}

export function renderNotRunning(home: string): void {
  print(`Goal Agent does not run as a service for ${home}.`);
  for (const line of hint('Start it: goal-agent start')) print(line);
}

export interface ShownService {
  service: ServiceRecord;
  status: AgentStatus | undefined;
  clients: Clients | undefined;
  home: string;
}

export function renderStatus(shown: ShownService, { verbose }: { verbose: boolean }): void {
  const { colours } = look();
  const { notices = [], problems = [] } = shown.status ?? {};
  for (const [name, value] of [...mainRows(shown), ...(verbose ? moreRows(shown) : [])]) {
    print(`  ${colours.strong(name.padEnd(nameCells))}${value}`);
  }
  for (const line of problems) print(`  ${colours.warning(line)}`);
  if (verbose) for (const line of notices) print(`  ${colours.muted(line)}`);
}

function mainRows({ service, status, clients }: ShownService): [string, string][] {
  const { pid, started_at, version } = service;
  const since = age(started_at);
  const rows: [string, string][] = [
    ['Process', `${pid}, since ${clock(started_at)}${since === 'now' ? '' : ` (${since})`}`],
    ['Address', localUrl(service)],
    ['Version', version],
  ];
  if (status === undefined) return [...rows, ['Database', 'the service does not answer; goal-agent logs shows why']];
  const { persistence, cache, current_state: state } = status;
  const { mode, from, connected, problem } = persistence;
  const cached = cache.enabled ? `Redis, ${cache.state} (${cache.from})` : `off (${cache.from})`;
  return [
    ...rows,
    ['Database', `PostgreSQL, ${mode} (${from})${connected ? '' : `: ${problem ?? 'it does not answer'}`}`],
    ['Cache', cached],
    ...(state === null ? [] : [heldRow(state)]),
    ...(clients === undefined ? [] : [clientsRow(clients)]),
  ];
}

/** Clients that are named; of the others there is the number. */
const namedClients = 3;

function clientsRow(clients: Clients): [string, string] {
  if (clients.length === 0) return ['Clients', 'none in the last 15 minutes'];
  const named = clients.slice(0, namedClients).map(({ name, last_seen }) => `${name} (${age(last_seen)})`);
  const more = clients.length - named.length;
  return ['Clients', `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`];
}

function heldRow({ goals, tasks, open_tasks, at_least }: NonNullable<AgentStatus['current_state']>): [string, string] {
  const held = `${count(goals, 'goal')}, ${count(tasks, 'task')}, ${open_tasks} of them open`;
  return ['Holds', at_least ? `at least ${held}` : held];
}

function moreRows({ service, status, home }: ShownService): [string, string][] {
  const files: [string, string][] = [
    ['Data', home],
    ['Log', `${home}/logs/goal_agent_server.log`],
  ];
  if (service.options.length > 0) files.push(['Options', service.options.join(' ')]);
  if (status === undefined) return files;
  const { agent_config: config, cache } = status;
  return [
    ['Workspace', config.workspace],
    ['Pool', `${config.pool_size} connections, and ${config.max_overflow} more when needed`],
    ['Timeout', `${config.timeout_seconds} s a call`],
    ...(cache.enabled ? [['Reads', `${cache.hits} from the cache, ${cache.misses} not`] as [string, string]] : []),
    ...files,
  ];
}
