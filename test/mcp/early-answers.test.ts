import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../src/main/config.ts';
import { openLog } from '../../src/main/log.ts';
import { wire } from '../../src/main/opening/wire.ts';
import { recordAnswers } from '../../src/main/record-answers.ts';
import type { RecordedAnswers } from '../../src/main/stdio/early-answers.ts';
import { program } from '../support/bundle.ts';
import { aDatabase } from '../support/database.ts';
import { aRawServer, type Message, modernRevision, type RawServer } from '../support/server-process.ts';

const database = await aDatabase();
const folder = mkdtempSync(path.join(tmpdir(), 'goal-agent-early-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const dist = path.resolve(program, '../..');
const recorded = JSON.parse(readFileSync(path.join(dist, 'answers.json'), 'utf8')) as RecordedAnswers;
const revisions = Object.keys(recorded.places);
const clientInfo = { name: 'early', version: '1', title: 'Early' };
const capabilities = { roots: { listChanged: true }, sampling: {}, elicitation: { form: {} } };

interface Asked {
  method: string;
  params?: Record<string, unknown>;
}

/** The opening of a connection in this revision. */
function opening(revision: string): Asked[] {
  const lists = ['tools/list', 'prompts/list', 'resources/templates/list'];
  if (revision !== modernRevision) {
    const params = { protocolVersion: revision, capabilities, clientInfo };
    return [{ method: 'initialize', params }, ...['ping', ...lists].map((method) => ({ method }))];
  }
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': revision,
    'io.modelcontextprotocol/clientInfo': clientInfo,
    'io.modelcontextprotocol/clientCapabilities': capabilities,
  };
  return ['server/discover', ...lists].map((method) => ({ method, params: { _meta } }));
}

const expected = (revision: string, method: string) =>
  JSON.parse(recorded.results[recorded.places[revision]?.[method] ?? -1] as string);

/** The program with nothing of it but what runs first. */
function aFirstPartAlone(): string {
  const alone = path.join(folder, 'alone', 'dist');
  cpSync(dist, alone, { recursive: true, filter: (file) => !/\/program-[^/]*$/.test(file) });
  writeFileSync(path.join(folder, 'alone', 'package.json'), '{"type":"module"}');
  return path.join(alone, 'main', 'goal-agent.js');
}

async function answersOf(server: RawServer, asked: Asked[]): Promise<Message[]> {
  const ids = asked.map(({ method, params }) => server.begin(method, params));
  return Promise.all(ids.map((id) => server.answerTo(id)));
}

test('what is answered early is what the whole server answers, in each revision', async () => {
  const home = path.join(folder, 'home');
  mkdirSync(home);
  const parts = wire(readConfig({ env: { GOAL_AGENT_HOME: home }, cwd: home, reader: 'server' }), openLog(home));
  onTestFinished(() => parts.close());
  expect(recorded).toEqual(await recordAnswers(parts));
  expect(revisions).toEqual(
    expect.arrayContaining(['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28']),
  );
  expect(expected(modernRevision, 'server/discover').supportedVersions).toEqual([modernRevision]);
});

describe.each(revisions)('a client of %s', (revision) => {
  test('is answered its opening once, early, and goes on with the server', async () => {
    const server = aRawServer({ database });
    const asked = opening(revision);
    const answers = await answersOf(server, asked);
    expect(answers.map(({ result }) => result)).toEqual(asked.map(({ method }) => expected(revision, method)));
    const { _meta } = asked.at(-1)?.params ?? {};
    const call = { name: 'create_goal', arguments: { description: 'early' }, ...(_meta !== undefined && { _meta }) };
    const { result } = await server.request('tools/call', call);
    const history = { name: 'get_history', arguments: {}, ...(_meta !== undefined && { _meta }) };
    expect(result).toMatchObject({ structuredContent: { status: 'planned' } });
    // the server knows who its client is
    expect(JSON.stringify((await server.request('tools/call', history)).result)).toMatch(/early-[0-9a-f]{8}/);
    expect(server.lines()).toHaveLength(asked.length + 2);
  });

  test('needs nothing of the program for it but its first part', async () => {
    const child = spawn(process.execPath, [aFirstPartAlone(), 'mcp'], {
      env: { PATH: process.env.PATH, HOME: folder },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let stdout = '';
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    const asked = opening(revision);
    for (const [id, message] of asked.entries()) {
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...message })}\n`);
    }
    child.stdin.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers).toEqual(
      asked.map(({ method }, id) => ({ jsonrpc: '2.0', id, result: expected(revision, method) })),
    );
  });
});

describe('the whole server answers', () => {
  const initialize = (params: object) => ({
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities, clientInfo, ...params },
  });

  test('a handshake that no client sends', async () => {
    for (const odd of [
      { clientInfo: { name: 'x' } },
      { clientInfo: 'x' },
      { capabilities: { roots: { listChanged: 'yes' } } },
      { capabilities: [] },
      { protocolVersion: 7 },
    ]) {
      const [answer] = await answersOf(aRawServer({ database }), [initialize(odd)]);
      expect(answer?.error, JSON.stringify(odd)).toHaveProperty('code');
    }
  });

  test('a revision that nobody knows with the latest of those before 2026, and goes on in it', async () => {
    const server = aRawServer({ database });
    const asked = [initialize({ protocolVersion: '2031-01-01' }), { method: 'tools/list' }];
    const [opened, listed] = await answersOf(server, asked);
    expect(opened?.result?.protocolVersion).toBe('2025-11-25');
    expect(listed?.result).toEqual(expected('2025-11-25', 'tools/list'));
  });

  test('a 2026-07-28 request whose envelope is not whole', async () => {
    const asked = opening(modernRevision).slice(0, 1);
    const meta = { ...(asked[0]?.params?._meta as object), 'io.modelcontextprotocol/clientCapabilities': 'x' };
    const [answer] = await answersOf(aRawServer({ database }), [
      { method: 'server/discover', params: { _meta: meta } },
    ]);
    expect(answer?.error).toMatchObject({ code: -32602 });
  });

  test.each([
    [{ GOAL_AGENT_READ_ONLY: 'true' }, ''],
    [{}, 'GOAL_AGENT_READ_ONLY=true'],
  ])('the list of tools where a setting changes it: %j %s', async (env, file) => {
    const home = mkdtempSync(path.join(folder, 'settings-'));
    writeFileSync(path.join(home, 'settings.env'), file);
    const named = file === '' ? {} : { GOAL_AGENT_ENV: path.join(home, 'settings.env') };
    const server = aRawServer({ database, env: { ...env, ...named } });
    const [, listed] = await answersOf(server, [initialize({}), { method: 'tools/list' }]);
    const names = JSON.stringify(listed?.result);
    expect(names).toContain('"list_goals"');
    expect(names).not.toContain('"create_goal"');
  });
});
