import fc from 'fast-check';
import { describe, expect, inject, it } from 'vitest';
import type { Role } from '../../src/domain/principal.ts';
import { callerOf } from '../../src/service/caller.ts';
import { createGoal } from '../../src/service/goals.ts';
import { newTokenText, readTokenText } from '../../src/service/token-text.ts';
import { createToken, listTokens, revokeToken, rotateToken } from '../../src/service/tokens.ts';
import { TokenVerifier } from '../../src/service/verify-token.ts';
import { aCall, aStore } from '../support/database.ts';
import { anAddressThatMoves } from '../support/moved-address.ts';

const { call, sql, connection } = await aCall();
const other = { ...call, store: await aStore(connection, { workspace: 'other' }) };

let names = 0;
const aName = () => {
  names += 1;
  return `ci_${names}`;
};
const aToken = (role: Role = 'writer', expiresInSeconds?: number) =>
  createToken(call, { name: aName(), role, expiresInSeconds });
/** One that remembers nothing yet. */
const aVerifier = () => new TokenVerifier(call.store.database);
const verify = (secret: string) => aVerifier().verify(secret);

describe('the text of a token', () => {
  it('is read by its form and its checksum alone', () => {
    expect(newTokenText(12)).toMatch(/^gat_12_[0-9A-Za-z]{49}$/);
    expect(newTokenText('local')).toMatch(/^gal_[0-9A-Za-z]{49}$/);
    const workspaces = fc.oneof(fc.integer({ min: 1, max: 999_999_999_999_999 }), fc.constant('local' as const));
    fc.assert(
      fc.property(workspaces, (workspaceId) => {
        expect(readTokenText(newTokenText(workspaceId))).toEqual({ workspaceId });
      }),
    );
  });

  it('is no token with one character more, less or other', () => {
    const token = newTokenText(3);
    const place = fc.integer({ min: 0, max: token.length - 1 });
    fc.assert(
      fc.property(place, fc.string({ minLength: 0, maxLength: 2 }), (at, text) => {
        const changed = token.slice(0, at) + text + token.slice(at + 1);
        expect(readTokenText(changed)).toEqual(changed === token ? { workspaceId: 3 } : undefined);
      }),
    );
    for (const text of ['', 'gat_', 'gat_1_', `${token}\n`, ` ${token}`, token.replace('3', '03'), 'ghp_x'])
      expect(readTokenText(text)).toBeUndefined();
  });

  it('never comes twice', () => {
    expect(new Set(Array.from({ length: 1_000 }, () => newTokenText(1))).size).toBe(1_000);
  });
});

describe('a token', () => {
  it('tells whose it is', async () => {
    const { secret, token } = await aToken('reader');
    expect(await verify(secret)).toEqual({
      principal: {
        name: token.name,
        role: 'reader',
        kind: 'agent',
        workspaceId: 1,
        workspace: 'default',
        tokenId: token.id,
      },
    });
  });

  it('is kept as its hash alone', async () => {
    const { secret } = await aToken();
    const { rows } = await sql.query('select row_to_json(t)::text as text from tokens t');
    expect(rows.length).toBeGreaterThan(0);
    for (const { text } of rows) expect(text).not.toContain(secret.slice(6, 30));
  });

  it('is unknown with another secret, in another workspace, and as any text', async () => {
    const { secret } = await aToken();
    const moved = newTokenText(2);
    await createToken(other, { name: 'theirs', role: 'admin' });
    for (const text of [
      newTokenText(1),
      moved,
      newTokenText(99_999),
      newTokenText('local'),
      `${secret} `,
      '',
      'x'.repeat(9_999),
    ])
      expect(await verify(text)).toEqual({ reason: 'unknown' });
  });

  it('ends when its time is over', async () => {
    const { secret, token } = await aToken('writer', 3_600);
    expect((await verify(secret)).principal).toBeDefined();
    await sql.query(`update tokens set expires_at = now() where id = $1`, [token.id]);
    expect(await verify(secret)).toEqual({ reason: 'expired' });
    expect((await listTokens(call)).find(({ id }) => id === token.id)).toMatchObject({ state: 'expired' });
  });

  it('ends when it is revoked, within a second where it was believed', async () => {
    const { secret, token } = await aToken();
    const verifier = aVerifier();
    await verifier.verify(secret);
    expect(await revokeToken(call, token.name)).toMatchObject({ id: token.id, state: 'revoked' });
    expect(await verify(secret)).toEqual({ reason: 'revoked' });
    await expect.poll(() => verifier.verify(secret), { timeout: 1_200 }).toEqual({ reason: 'revoked' });
    await expect(revokeToken(call, token.name)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is replaced by a rotation, with its role and as long a life', async () => {
    const { secret, token } = await aToken('admin', 86_400);
    const rotated = await rotateToken(call, { name: token.name });
    expect(rotated.token).toMatchObject({ name: token.name, role: 'admin', state: 'active' });
    const life = Date.parse(rotated.token.expiresAt as string) - Date.parse(rotated.token.createdAt);
    expect(life).toBe(86_400_000);
    expect(await verify(secret)).toEqual({ reason: 'revoked' });
    expect((await verify(rotated.secret)).principal).toMatchObject({ name: token.name, tokenId: rotated.token.id });
    const longer = await rotateToken(call, { name: token.name, expiresInSeconds: 2 * 86_400 });
    expect(Date.parse(longer.token.expiresAt as string)).toBeGreaterThan(Date.now() + 86_400_000);
    const forever = await aToken();
    expect((await rotateToken(call, { name: forever.token.name })).token.expiresAt).toBeNull();
  });

  it('has its name alone until it is revoked, of many made at once too', async () => {
    const name = aName();
    const made = await Promise.allSettled(Array.from({ length: 5 }, () => createToken(call, { name, role: 'reader' })));
    expect(made.map((each) => each.status).toSorted()).toEqual(['fulfilled', ...Array(4).fill('rejected')]);
    await expect(createToken(call, { name, role: 'writer' })).rejects.toMatchObject({
      code: 'conflict',
      message: `A token named ${name} is there already. Choose another name, or let goal-agent token rotate ${name} put a new secret in its place.`,
    });
    const rotated = await Promise.allSettled(Array.from({ length: 5 }, () => rotateToken(call, { name })));
    const secrets = rotated.flatMap((each) => (each.status === 'fulfilled' ? [each.value.secret] : []));
    const good = await Promise.all(secrets.map(verify));
    expect(good.filter((each) => each.principal !== undefined)).toHaveLength(1);
    await revokeToken(call, name);
    expect((await createToken(call, { name, role: 'writer' })).token.state).toBe('active');
    expect((await createToken(other, { name, role: 'writer' })).token.state).toBe('active');
  });

  it.each([
    ['', 'The name "" has to be 1 to 64 letters (a to z), digits, ".", "_" and "-".'],
    ['two words', 'The name "two words" has to be'],
    ['ci/1', 'The name ci/1 has to be'],
    ['x'.repeat(65), 'has to be 1 to 64 letters'],
    ['operator', 'The name operator is a name that Goal Agent uses itself'],
    ['goal-agent', 'is a name that Goal Agent uses itself'],
    ['claude-7f3a01bc', "The name claude-7f3a01bc ends as the name of an agent's process does"],
  ])('cannot be named %j', async (name, message) => {
    await expect(createToken(call, { name, role: 'reader' })).rejects.toThrow(message);
  });

  it('is found by its name only where there is one', async () => {
    for (const name of ['none', '', '\0', "' or true --"]) {
      await expect(rotateToken(call, { name })).rejects.toMatchObject({ code: 'not_found' });
      await expect(revokeToken(call, name)).rejects.toThrow('There is no token');
    }
  });

  it('has its last use noted once a minute, by nobody who waits', async () => {
    const { secret, token } = await aToken();
    const lastUse = async () => (await listTokens(call)).find(({ id }) => id === token.id)?.lastUsedAt ?? null;
    expect(await lastUse()).toBeNull();
    const verifier = aVerifier();
    await verifier.verify(secret);
    await verifier.settled();
    const first = await lastUse();
    expect(Date.parse(first as string)).toBeGreaterThan(Date.now() - 60_000);
    const again = aVerifier();
    await again.verify(secret);
    await again.settled();
    expect(await lastUse()).toBe(first);
    await sql.query(`update tokens set last_used_at = now() - interval '61 seconds' where id = $1`, [token.id]);
    const later = aVerifier();
    await Promise.all([later.verify(secret), later.verify(secret)]);
    await later.settled();
    expect(Date.parse((await lastUse()) as string)).toBeGreaterThan(Date.parse(first as string));
  });

  it('counts also where its use cannot be noted', async () => {
    const { secret } = await aToken();
    const standby = await aStore(connection, { readOnly: true });
    const verifier = new TokenVerifier(standby.database);
    expect((await verifier.verify(secret)).principal).toBeDefined();
    await verifier.settled();
  });

  it('is looked up again after the database was away', async () => {
    const { secret } = await aToken();
    const server = inject('postgres');
    const address = await anAddressThatMoves(server);
    const { database } = await aStore({ ...connection, host: address.host, port: address.port });
    const verifier = new TokenVerifier(database);
    address.moveTo({ host: '127.0.0.1', port: 1 }, { cut: true });
    await expect(verifier.verify(secret)).rejects.toMatchObject({ code: 'unavailable' });
    address.moveTo(server);
    expect((await verifier.verify(secret)).principal).toBeDefined();
  });
});

describe('a role', () => {
  const as = async (role: Role) => {
    const { principal } = await verify((await aToken(role)).secret);
    if (principal === undefined) throw new Error('no principal');
    return { ...call, ...callerOf(principal) };
  };
  const goal = { description: 'x', priority: 'medium' as const, repos: [], metadata: {} };

  it('lets a writer write, under the name of its token', async () => {
    const writer = await as('writer');
    const { id } = await createGoal(writer, goal);
    const { rows } = await sql.query(
      'select o.actor from events e join operations o on o.workspace_id = e.workspace_id and o.seq = e.operation where e.goal_id = $1',
      [id],
    );
    expect(rows).toEqual([{ actor: writer.actor }]);
  });

  it('keeps a reader from every change, and says so', async () => {
    const reader = await as('reader');
    await expect(createGoal(reader, goal)).rejects.toMatchObject({
      code: 'forbidden',
      message: `The token ${reader.actor} has the role reader, and may not change anything. Use a token with the role writer.`,
    });
  });

  it('keeps all but admins from tokens', async () => {
    for (const role of ['reader', 'writer'] as const) {
      const caller = await as(role);
      const name = aName();
      const tries = [
        () => createToken(caller, { name, role: 'reader' }),
        () => listTokens(caller),
        () => rotateToken(caller, { name: caller.actor }),
        () => revokeToken(caller, caller.actor),
      ];
      for (const attempt of tries) await expect(attempt()).rejects.toMatchObject({ code: 'forbidden' });
    }
    const admin = await as('admin');
    const { token } = await createToken(admin, { name: aName(), role: 'admin' });
    expect(token.createdBy).toBe(admin.actor);
  });
});
