import type { Client } from '@modelcontextprotocol/client';
import { describe, expect, test } from 'vitest';
import { createApp } from '../../src/http/app.ts';
import { BoardFiles } from '../../src/http/board/files.ts';
import { Sessions } from '../../src/http/board/sessions.ts';
import { namesOf } from '../../src/http/guard/addresses.ts';
import { routes as toolRoutes } from '../../src/http/rest/routes.ts';
import { createToken } from '../../src/service/tokens.ts';
import { Sender } from '../../src/service/webhooks/sender.ts';
import type { AgentFacts } from '../../src/tools/define/define-tool.ts';
import { tools } from '../../src/tools/index.ts';
import { aWay, type Request, type Subject, withLongNumbers } from '../support/tenant-way.ts';
import { aWorld, beginning, ending, type Tenant, toolsFace } from '../support/tenants.ts';

// What a tenant is answered beside the tools, in a database that it has for itself and in one with another tenant. The
// other one has a goal, tasks and events with numbers that this one has not, and a token of the same name.

const [together, alone] = [await withLongNumbers(await aWorld()), await withLongNumbers(await aWorld())];
const [beside, alike] = [await together.tenant('mine'), await alone.tenant('mine')];
// the service's own workspace: a call that forgets its caller would end up there
const theirs = await together.tenant('default');
await fill(theirs, 4);
// a name that is taken in one world alone
await together.tenant('elsewhere');
for (const name of ['theirs', 'theirs-alone']) {
  await createToken({ store: theirs.store, actor: 'tester' }, { name, role: 'writer' });
}
await together.sql.query(
  `insert into webhooks (workspace_id, id, url, secret, types, created_by, position)
   values ($1, 'wh_0123456789ab', 'https://example.com/theirs', 'whsec_theirs', '{}', 'ann', '0')`,
  [theirs.store.workspaceId],
);
await Promise.all([fill(beside, 2), fill(alike, 2)]);
const ways = await Promise.all([aWay(together, beside, theirs), aWay(alone, alike)]);
const theirsBefore = await allOf(theirs);

async function fill(tenant: Tenant, goals: number): Promise<void> {
  const ask = await toolsFace.open(tenant);
  for (const { tool, args } of beginning(goals)) await ask(tool, args);
}

async function allOf(tenant: Tenant): Promise<unknown> {
  const ask = await toolsFace.open(tenant);
  return Promise.all(ending.map(({ tool, args }) => ask(tool, args)));
}

/** There, at the other tenant alone, nowhere. */
const goalIds = ['GOAL-0001', 'GOAL-0003', 'GOAL-9999'];
const taskIds = ['TASK-0001', 'TASK-0007', 'TASK-9999'];
const prefixes = ['', 'GOAL-', 'TASK-0', 'g'];

const facts: AgentFacts = {
  ...{ version: '1', database: 'server', databaseFrom: '', cacheFrom: '', workspaceFrom: '', notices: [] },
  cache: { enabled: false, state: 'off', hits: 0, misses: 0, errors: 0 },
  config: { workspace: 'default', timeout_seconds: 1, pool_size: 1, max_overflow: 1, max_workers: 1 },
};

const at = (path: string, ...queries: string[]) => queries.map((query): Request => ({ path: `${path}${query}` }));
const send = (path: string, ...bodies: unknown[]) => bodies.map((body): Request => ({ path, body }));
/** The same of several names. */
const both = (path: string, behind: string, names: string[], body?: unknown) =>
  names.map((name): Request => ({ path: `${path}/${name}${behind}`, body }));
const board = '/api/v1/board';
const workspaces = ['elsewhere', 'mine', 'nobodys'];
const webhookIds = ['wh_0123456789ab', 'wh_ffffffffffff'];

/** What is asked of each route that is no tool's. */
const asked: Record<string, (subject: Subject) => Request[]> = {
  [`GET ${board}/goals`]: () => at(`${board}/goals`, '', '?before=4'),
  [`GET ${board}/goals/:goal_id`]: () => at(`${board}/goals`, ...goalIds.map((id) => `/${id}`)),
  [`GET ${board}/tasks`]: () => at(`${board}/tasks`, `?ids=${taskIds.join(',')}`),
  [`GET ${board}/notes`]: () =>
    at(`${board}/notes`, ...goalIds.map((id) => `?goal_id=${id}`), ...taskIds.map((id) => `?task_id=${id}`)),
  [`GET ${board}/now`]: () => at(`${board}/now`, '?since=1h'),
  [`GET ${board}/history`]: ({ foreign }) =>
    at(
      `${board}/history`,
      ...['', '?actor=agent', `?operation=${foreign}&seq=${foreign}`],
      ...goalIds.map((id) => `?goal_id=${id}`),
      ...taskIds.map((id) => `?task_id=${id}`),
    ),
  [`GET ${board}/undo`]: ({ own, foreign }) => at(`${board}/undo`, `?event_id=${own}`, `?event_id=${foreign}`),
  [`GET ${board}/undo/agent`]: () => at(`${board}/undo/agent`, '?agent=agent&since=1h', '?agent=nobody&since=1h'),
  [`POST ${board}/undo/agent`]: ({ foreign }) =>
    send(`${board}/undo/agent`, { operations: [foreign] }, { operations: [foreign - 1] }),
  'GET /api/v1/session': () => at('/api/v1/session', ''),
  'POST /api/v1/session': ({ secret }) => send('/api/v1/session', { token: secret }),
  'POST /api/v1/session/codes': () => send('/api/v1/session/codes', {}),
  'DELETE /api/v1/session': () => at('/api/v1/session', ''),
  'GET /api/v1/changes': ({ foreignPosition }) =>
    at(
      '/api/v1/changes',
      ...['', '?since=0', '?since=0&limit=1', `?since=${foreignPosition}`, '?since=0&goal_id=GOAL-3'],
    ),
  'GET /metrics': () => at('/metrics', ''),
  'GET /api/v1/clients': () => at('/api/v1/clients', ''),
  'POST /api/v1/backups/reload': () => send('/api/v1/backups/reload', {}),
  'GET /api/v1/finished-goals': () => at('/api/v1/finished-goals', '?older_than=0s'),
  'POST /api/v1/finished-goals/archive': () => send('/api/v1/finished-goals/archive', { older_than: '0s' }),
  'GET /api/v1/resources': () => at('/api/v1/resources', ''),
  'GET /api/v1/tokens': () => at('/api/v1/tokens', '', '?all=true'),
  // a name that the other tenant's token has, and one that nobody has
  'POST /api/v1/tokens': () =>
    send('/api/v1/tokens', { name: 'theirs', role: 'reader' }, { name: 'new', role: 'admin' }),
  'POST /api/v1/tokens/:name/rotate': () => both('/api/v1/tokens', '/rotate', ['theirs-alone', 'nobodys'], {}),
  'DELETE /api/v1/tokens/:name': () => both('/api/v1/tokens', '', ['theirs-alone', 'nobodys']),
  'GET /api/v1/webhooks': () => at('/api/v1/webhooks', ''),
  'POST /api/v1/webhooks': () =>
    send('/api/v1/webhooks', ...goalIds.map((goal_id) => ({ url: 'https://receiver.invalid/hook', goal_id }))),
  'DELETE /api/v1/webhooks/:webhook_id': () => both('/api/v1/webhooks', '', webhookIds),
  'POST /api/v1/webhooks/:webhook_id/test': () => both('/api/v1/webhooks', '/test', webhookIds, {}),
  'POST /api/v1/webhooks/:webhook_id/resume': () => both('/api/v1/webhooks', '/resume', webhookIds, {}),
  'GET /api/v1/workspaces': () => at('/api/v1/workspaces', ''),
  // a third tenant's name, the caller's own, and that of nobody
  'POST /api/v1/workspaces': () => send('/api/v1/workspaces', ...workspaces.map((name) => ({ name }))),
  'PATCH /api/v1/workspaces/:workspace': () => both('/api/v1/workspaces', '', workspaces, { name: 'elsewhere' }),
  'DELETE /api/v1/workspaces/:workspace': () =>
    workspaces.map((name) => ({ path: `/api/v1/workspaces/${name}?confirm=${name}` })),
};

/** Answers of these routes are the same for all callers, or are looked at in a test of its own. */
const aside = ['GET /health', 'GET /ready', 'GET /openapi.json', 'ALL /mcp'];

test('each route that is no tool’s is asked', async () => {
  const unused = () => Promise.reject(new Error('nobody calls'));
  const { routes } = createApp(
    {
      ...{ tools, routedTools: tools },
      ...{ facts: () => facts, openCall: unused, cacheIsKnown: unused, identify: unused, readiness: unused },
      ...{ report: () => {}, webhookFailures: () => 0, noticeProtocolError: () => {} },
      admin: { sender: new Sender({ allowPrivate: false }), deleteWorkspace: unused, reloadBackups: unused },
    },
    {
      names: namesOf('127.0.0.1', undefined),
      oauth: undefined,
      rates: { requests: 1, windowSeconds: 1 },
      board: { files: await BoardFiles.read('dist/web'), sessions: new Sessions('gal_x'), secureHost: undefined },
      urlOf: (url) => url,
      peerOf: () => undefined,
    },
  );
  const ofTools = toolRoutes.map(
    ({ method, path }) => `${method.toUpperCase()} /api/v1${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
  );
  // a guard, or a page that is the same for all, lets the next one answer
  const others = routes.filter(({ handler }) => handler.length < 2).map(({ method, path }) => `${method} ${path}`);
  const known = [...ofTools, ...Object.keys(asked), ...aside];
  expect([...new Set(others)].toSorted()).toEqual(known.toSorted());
});

test.each(Object.keys(asked))('%s answers as if there were no other tenant', async (route) => {
  const [method = ''] = route.split(' ');
  const [seen, expected] = await Promise.all(ways.map((way) => way.answers(method, asked[route] ?? (() => []))));
  expect(seen?.length).toBeGreaterThan(0);
  expect(seen).toEqual(expected);
});

test('what the other tenant sees is what it saw before', async () => {
  expect(await allOf(theirs)).toEqual(theirsBefore);
});

describe('over MCP', async () => {
  const seen = async (look: (client: Client) => Promise<unknown>) => {
    const [answer, expected] = await Promise.all(
      ways.map(({ client, hidden }) => look(client).then((each) => hidden(each), String)),
    );
    expect(answer).toEqual(expected);
  };
  const [{ client }] = ways;
  const { resourceTemplates } = await client.listResourceTemplates();
  const { prompts } = await client.listPrompts();

  test('the list of resources', () => seen((each) => each.listResources({}, { cacheMode: 'refresh' })));

  test.each(resourceTemplates)(
    'the resource $uriTemplate, and the completion of its IDs',
    async ({ uriTemplate: uri }) => {
      const variables = [...uri.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
      for (const id of [...goalIds, ...taskIds]) {
        await seen((each) => each.readResource({ uri: uri.replaceAll(/\{\w+\}/g, id) }));
      }
      for (const [name, value] of variables.flatMap((each) => prefixes.map((prefix) => [each, prefix] as const))) {
        await seen((each) => each.complete({ ref: { type: 'ref/resource', uri }, argument: { name, value } }));
      }
    },
  );

  test.each(prompts)(
    'the prompt $name, and the completion of its arguments',
    async ({ name, arguments: given = [] }) => {
      for (const id of [...goalIds, ...taskIds]) {
        const values = Object.fromEntries(given.map((each) => [each.name, id]));
        await seen((each) => each.getPrompt({ name, arguments: values }));
      }
      for (const [argument, value] of given.flatMap((each) => prefixes.map((prefix) => [each.name, prefix] as const))) {
        await seen((each) => each.complete({ ref: { type: 'ref/prompt', name }, argument: { name: argument, value } }));
      }
    },
  );
});
