import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { negotiate, type ServerConnection } from '../../src/store/connection.ts';
import { type ServerPostgres, startServerPostgres } from '../support/server-postgres.ts';

let primary: ServerPostgres;
let standby: ServerPostgres;

beforeAll(async () => {
  primary = await startServerPostgres();
  standby = await startServerPostgres({ standbyOf: primary });
});
afterAll(async () => {
  await Promise.all([standby.stop(), primary.stop()]);
});

function to({ host, port, user, password }: ServerPostgres, ...others: ServerPostgres[]): ServerConnection {
  const otherHosts = others.map((other) => ({ host: other.host, port: other.port }));
  return { host, port, user, password, database: 'postgres', sslMode: 'prefer', otherHosts };
}

describe('of several hosts', () => {
  it('the one that takes changes is used, whichever comes first', async () => {
    expect((await negotiate(to(standby, primary))).port).toBe(primary.port);
    expect((await negotiate(to(primary, standby))).port).toBe(primary.port);
  });

  it('a host that is not there is passed over', async () => {
    const nobody = { ...to(primary), port: 1, otherHosts: [{ host: primary.host, port: primary.port }] };
    expect((await negotiate(nobody)).port).toBe(primary.port);
  });

  it('a standby is used by a process that only reads', async () => {
    expect((await negotiate(to(standby, primary), { readOnly: true })).port).toBe(standby.port);
  });
});

describe('a standby alone', () => {
  it('is told as what it is, and the same call may work later', async () => {
    const nobody = { host: primary.host, port: 1 };
    await expect(negotiate({ ...to(standby), otherHosts: [nobody] })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('standby'),
    });
  });
});
