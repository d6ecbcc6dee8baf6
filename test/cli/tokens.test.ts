import { describe, expect, it } from 'vitest';
import { TokenVerifier } from '../../src/service/verify-token.ts';
import { run } from '../legacy/support/program.ts';
import { aCall } from '../support/database.ts';

const { call, connection } = await aCall();
const token = (...args: string[]) => run(['token', ...args], connection);
const verify = (secret: string) => new TokenVerifier(call.store.database).verify(secret);

describe('goal-agent token', () => {
  it('makes a token that counts, alone on stdout', async () => {
    const { code, stdout, stderr } = await token('create', '--name', 'ci', '--role', 'writer', '--expires', '90d');
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(
        /^This is the token of ci \(writer\), and it is shown this once\. It counts until \d{4}-\d\d-\d\d \d\d:\d\d\.\n$/,
      ),
    ]);
    expect(stdout).toMatch(/^gat_1_[0-9A-Za-z]{49}\n$/);
    expect((await verify(stdout.trim())).principal).toMatchObject({ name: 'ci', role: 'writer', workspace: 'default' });
    const list = await token('list');
    expect(list.stdout).toMatch(
      /^NAME {2}ROLE {4}KIND {3}STATE {3}EXPIRES {11}LAST USED\nci {4}writer {2}agent {2}active {2}\d{4}-\d\d-\d\d \d\d:\d\d {2}(?:never|\d{4}-\d\d-\d\d \d\d:\d\d)\n$/,
    );
    expect(list.stdout).not.toContain(stdout.trim().slice(8));
  });

  it('speaks JSON, with keys that stay', async () => {
    const made = JSON.parse((await token('create', '--name', 'json', '--role', 'reader', '--json')).stdout);
    const fields = {
      name: 'json',
      role: 'reader',
      kind: 'agent',
      created_at: expect.any(String),
      created_by: 'operator',
    };
    const unused = { expires_at: null, revoked_at: null, last_used_at: null };
    expect(made).toEqual({ ...fields, state: 'active', ...unused, secret: expect.stringMatching(/^gat_1_/) });
    const rotated = JSON.parse((await token('rotate', 'json', '--expires', '1h', '--json')).stdout);
    expect(rotated).toMatchObject({ ...fields, expires_at: expect.any(String) });
    expect(await verify(made.secret)).toEqual({ reason: 'revoked' });
    expect((await verify(rotated.secret)).principal?.name).toBe('json');
    const revoked = JSON.parse((await token('revoke', 'json', '--json')).stdout);
    expect(revoked).toMatchObject({ ...fields, state: 'revoked', revoked_at: expect.any(String) });
    const listed = JSON.parse((await token('list', '--all', '--json')).stdout) as { name: string; state: string }[];
    expect(listed.filter(({ name }) => name === 'json').map(({ state }) => state)).toEqual(['revoked', 'revoked']);
    const live = JSON.parse((await token('list', '--json')).stdout) as { name: string }[];
    expect(live.map(({ name }) => name)).not.toContain('json');
  });

  it('belongs to the workspace that is named, which has to be there', async () => {
    expect((await run(['workspace', 'create', 'team'], connection)).code).toBe(0);
    const { stdout } = await token('create', '--workspace', 'team', '--name', 'theirs', '--role', 'admin');
    expect((await verify(stdout.trim())).principal).toMatchObject({ workspace: 'team', role: 'admin' });
    expect((await token('list')).stdout).not.toContain('theirs');
    const nowhere = await token('create', '--workspace', 'taem', '--name', 'x', '--role', 'admin');
    expect(nowhere).toMatchObject({ code: 1, stdout: '' });
    expect(nowhere.stderr).toBe(
      'error: There is no workspace taem. goal-agent workspace list shows those there are; goal-agent workspace create taem makes it.\n',
    );
    expect((await run(['workspace', 'list'], connection)).stdout).not.toContain('taem');
  });

  it.each([
    [['create', '--name', 'x'], 2, "required option '--role <role>' not specified"],
    [['create', '--role', 'writer'], 2, "required option '--name <name>' not specified"],
    [['create', '--name', 'x', '--role', 'root'], 2, 'Allowed choices are reader, writer, admin'],
    [
      ['create', '--name', 'x', '--role', 'reader', '--expires', '90'],
      2,
      'Write a span from a minute to a hundred years',
    ],
    [
      ['create', '--name', 'x', '--role', 'reader', '--expires', '1s'],
      2,
      'Write a span from a minute to a hundred years',
    ],
    [['create', '--name', 'two words', '--role', 'reader'], 1, 'The name "two words" has to be'],
    [['revoke', 'nobody'], 1, 'There is no token nobody'],
    [['rotate'], 2, "missing required argument 'name'"],
  ])('says what is wrong with %j', async (args, code, message) => {
    const ran = await token(...args);
    expect(ran).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(message) });
  });
});
