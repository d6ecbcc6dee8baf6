import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, expect, test } from 'vitest';
import { adminRoutes } from '../../src/http/admin/admin.ts';
import { routes } from '../../src/http/rest/routes.ts';
import { tools } from '../../src/tools/index.ts';
import { aDatabase } from '../support/database.ts';
import { aService } from '../support/service-process.ts';

const service = await aService({ database: await aDatabase() });
const folder = mkdtempSync(path.join(tmpdir(), 'goal-agent-client-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the document is valid OpenAPI 3.1, and has every route', async () => {
  const { status, body } = await service.request('GET', '/openapi.json', { headers: { authorization: undefined } });
  expect(status).toBe(200);
  const { valid, errors } = await new Validator().validate(structuredClone(body));
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
  for (const { method, path } of [...routes, ...adminRoutes({ tools })])
    expect(body.paths[path], path).toHaveProperty(method);
  const ids = Object.values<Record<string, { operationId: string }>>(body.paths).flatMap((each) =>
    Object.values(each).map(({ operationId }) => operationId),
  );
  expect(new Set(ids).size).toBe(ids.length);
});

test('a change has no argument for the shorter answer, which the document does not describe', async () => {
  const { body } = await service.request('GET', '/openapi.json');
  const whole = new Set(tools.filter((tool) => tool.whole !== undefined).map(({ name }) => name));
  const shortened = routes.filter(({ tool }) => whole.has(tool));
  expect(shortened).not.toEqual([]);
  for (const { method, path } of shortened) {
    const { parameters, requestBody } = body.paths[path][method];
    expect(parameters, path).not.toContainEqual(expect.objectContaining({ name: 'full' }));
    expect(requestBody?.content['application/json'].schema.properties ?? {}, path).not.toHaveProperty('full');
  }
});

test('a generated client creates and lists goals, and its types are right', async () => {
  cpSync(path.join(import.meta.dirname, 'generated-client'), folder, { recursive: true });
  const run = (command: string, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
    expect({ status, said: status === 0 ? '' : stdout + stderr }, `${command} ${args.join(' ')}`).toEqual({
      status: 0,
      said: '',
    });
    return stdout;
  };
  run('npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund');
  const { text } = await service.request('GET', '/openapi.json');
  writeFileSync(path.join(folder, 'openapi.json'), text);
  run('npx', 'openapi-typescript', 'openapi.json', '-o', 'api.ts');
  writeFileSync(
    path.join(folder, 'client.ts'),
    `import createClient from 'openapi-fetch';
import type { paths } from './api.ts';

const [url = '', token = ''] = process.argv.slice(2);
const api = createClient<paths>({ baseUrl: url, headers: { authorization: \`Bearer \${token}\` } });
const made = await api.POST('/goals', { body: { description: 'From a generated client', priority: 'high' } });
const id: string = made.data?.id ?? '';
await api.POST('/goals/{goal_id}/tasks', {
  params: { path: { goal_id: id } },
  body: { subtasks: [{ description: 'first' }, { description: 'second', dependencies: ['#1'] }] },
});
const ready = await api.GET('/tasks/ready', { params: { query: { goal_id: id, limit: 5 } } });
const gone = await api.GET('/goals/{goal_id}', { params: { path: { goal_id: 'GOAL-99999' } } });
const code: string | undefined = gone.error?.code;
const list = await api.GET('/goals', { params: { query: { limit: 1 } } });
const descriptions: string[] = list.data?.goals.map((goal) => goal.description) ?? [];
console.log(JSON.stringify({ descriptions, ready: ready.data?.tasks.length, code }));
`,
  );
  run('npx', 'tsc', '--project', '.');
  const said = run(process.execPath, 'client.js', `${service.url}/api/v1`, service.localToken);
  expect(JSON.parse(said)).toEqual({ descriptions: ['From a generated client'], ready: 1, code: 'not_found' });
});
