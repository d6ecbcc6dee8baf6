import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect, promisify } from 'node:util';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { GoalAgentError } from '../../src/domain/errors.ts';
import { describeForOperator, negotiate, type ServerConnection } from '../../src/store/connection.ts';
import { type SslMode, sslModes } from '../../src/store/tls.ts';
import { type Authority, type Certificate, makeAuthority } from '../support/certificates.ts';
import { findServerPostgres, type ServerPostgres, startServerPostgres } from '../support/server-postgres.ts';

const password = 'correct horse';
const scram = '127.0.0.1/32 scram-sha-256';
const kinds = ['withoutTls', 'rightName', 'wrongName', 'onlyTls', 'onlyPlain'] as const;
type Kind = (typeof kinds)[number];

const servers = {} as Record<Kind, ServerPostgres>;
let authority: Authority;
let stranger: Authority;
let clientCertificate: Certificate;
let home: string;

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'goal-agent-home-'));
  vi.stubEnv('HOME', home);
  authority = makeAuthority('goal-agent test');
  stranger = makeAuthority('somebody else');
  clientCertificate = authority.sign({ commonName: 'certified' });
  const right = authority.sign({ commonName: 'db', alternativeNames: 'DNS:localhost,IP:127.0.0.1' });
  const wrong = authority.sign({ commonName: 'db', alternativeNames: 'DNS:elsewhere.example,IP:192.0.2.1' });
  const setUps: Record<Kind, Parameters<typeof startServerPostgres>[0]> = {
    withoutTls: {},
    rightName: {
      tls: { ...right, ca: authority.cert },
      hba: [
        'hostssl all certified 127.0.0.1/32 cert',
        `hostssl all mixed ${scram}`,
        'hostnossl all mixed 127.0.0.1/32 trust',
        'local all all trust',
        `host all all ${scram}`,
      ],
    },
    wrongName: { tls: wrong },
    onlyTls: { tls: right, hba: [`hostssl all all ${scram}`] },
    onlyPlain: { tls: right, hba: [`hostnossl all all ${scram}`] },
  };
  await Promise.all(
    kinds.map(async (kind) => {
      servers[kind] = await startServerPostgres({ ...setUps[kind], password });
    }),
  );
  const admin = new pg.Client(await negotiate(to('rightName', { sslMode: 'require' })));
  await admin.connect();
  await admin.query(`create role certified login; create role mixed login password '${password}';
    create role full login connection limit 0 password '${password}'`);
  await admin.end();
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.stubEnv('HOME', home);
  rmSync(path.join(home, '.postgresql'), { recursive: true, force: true });
});

afterAll(async () => {
  await Promise.all(Object.values(servers).map((server) => server.stop()));
  for (const directory of [home, authority.directory, stranger.directory]) rmSync(directory, { recursive: true });
});

function to(kind: Kind, changes: Partial<ServerConnection> = {}): ServerConnection {
  const { host, port, user } = servers[kind];
  return { host, port, user, password, database: 'postgres', sslMode: 'prefer', ...changes };
}

/** `tls` or `plain`, as the server sees a second connection with what `negotiate` gave. */
async function wayOf(connection: ServerConnection): Promise<string> {
  const client = new pg.Client(await negotiate(connection));
  await client.connect();
  const { rows } = await client.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
  await client.end();
  return rows[0].ssl ? 'tls' : 'plain';
}

async function failureOf(connection: ServerConnection) {
  const error = await negotiate(connection).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof GoalAgentError)) throw new Error(`expected a GoalAgentError, not ${inspect(error)}`);
  return { code: error.code, message: error.message, operator: describeForOperator(error, connection) };
}

const expected: Record<Kind, Record<SslMode, string>> = {
  withoutTls: row('plain', 'plain', 'plain', 'has no TLS', 'has no TLS', 'has no TLS'),
  rightName: row('plain', 'plain', 'tls', 'tls', 'tls', 'tls'),
  wrongName: row('plain', 'plain', 'tls', 'tls', 'tls', 'another host name'),
  onlyTls: row('not allow this login', 'tls', 'tls', 'tls', 'tls', 'tls'),
  onlyPlain: row('plain', 'plain', 'plain', 'not allow this login', 'not allow this login', 'not allow this login'),
};
const serverWords: Record<Kind, string> = {
  withoutTls: 'a server without TLS',
  rightName: 'a server whose certificate has its name',
  wrongName: 'a server whose certificate has another name',
  onlyTls: 'a server that allows TLS only',
  onlyPlain: 'a server that allows TLS but no login over it',
};

function row(...ways: string[]): Record<SslMode, string> {
  return Object.fromEntries(sslModes.map((mode, index) => [mode, ways[index]])) as Record<SslMode, string>;
}

function rootFor(sslMode: SslMode): Partial<ServerConnection> {
  return sslMode.startsWith('verify') ? { sslRootCert: authority.certFile } : {};
}

describe.each(kinds)('%s', (kind) => {
  test.each(sslModes)(`${serverWords[kind]} meets sslMode %s as libpq defines it`, async (sslMode) => {
    const connection = to(kind, { sslMode, ...rootFor(sslMode) });
    const expectation = expected[kind][sslMode];
    if (expectation === 'plain' || expectation === 'tls') {
      expect(await wayOf(connection)).toBe(expectation);
    } else {
      const { code, message } = await failureOf(connection);
      expect({ code, message }).toEqual({ code: 'configuration', message: expect.stringContaining(expectation) });
    }
  });
});

test('psql, which is libpq itself, takes the same way in every mode at every server', async () => {
  const psql = path.join(findServerPostgres()?.binDir ?? '', 'psql');
  for (const kind of kinds) {
    const answers = await Promise.all(
      sslModes.map((sslMode) => askPsql(psql, to(kind, { sslMode, ...rootFor(sslMode) }))),
    );
    const ours = sslModes.map((mode) =>
      /^(plain|tls)$/.test(expected[kind][mode]) ? expected[kind][mode] : 'refused',
    );
    expect(answers, kind).toEqual(ours);
  }
});

async function askPsql(psql: string, connection: ServerConnection): Promise<string> {
  const { host, port, user, database, sslMode, sslRootCert } = connection;
  const target = `host=${host} port=${port} user=${user} dbname=${database} sslmode=${sslMode} gssencmode=disable${sslRootCert ? ` sslrootcert=${sslRootCert}` : ''}`;
  const question = "select case when ssl then 'tls' else 'plain' end from pg_stat_ssl where pid = pg_backend_pid()";
  const env = { PATH: process.env.PATH, HOME: home, PGPASSWORD: password };
  return promisify(execFile)(psql, ['-XAtc', question, target], { env }).then(
    ({ stdout }) => stdout.trim(),
    () => 'refused',
  );
}

describe('certificates', () => {
  test('verify-full accepts a name that the certificate has, as well as an IP address', async () => {
    const verified = { sslMode: 'verify-full', sslRootCert: authority.certFile } as const;
    expect(await wayOf(to('rightName', { ...verified, host: 'localhost' }))).toBe('tls');
    expect(await wayOf(to('rightName', { ...verified, host: '127.0.0.1' }))).toBe('tls');
    const { operator } = await failureOf(to('wrongName', { ...verified, host: 'localhost' }));
    expect(operator).toContain('The certificate does not name this host');
  });

  test.each(['require', 'verify-ca', 'verify-full'] as const)(
    '%s refuses a server that another authority signed',
    async (sslMode) => {
      const { code, message, operator } = await failureOf(to('rightName', { sslMode, sslRootCert: stranger.certFile }));
      expect(code).toBe('configuration');
      expect(message).toContain('not trusted (POSTGRES_SSL_ROOT_CERT)');
      expect(operator).toContain('POSTGRES_SSL_ROOT_CERT');
    },
  );

  test('prefer goes on without TLS where the handshake fails, as libpq does', async () => {
    expect(await wayOf(to('rightName', { sslMode: 'prefer', sslRootCert: stranger.certFile }))).toBe('plain');
  });

  test('prefer tells of the certificate where the server allows nothing else than TLS', async () => {
    const { message } = await failureOf(to('onlyTls', { sslMode: 'prefer', sslRootCert: stranger.certFile }));
    expect(message).toContain('not trusted');
  });

  test('the public authorities do not vouch for an authority of our own', async () => {
    const { message } = await failureOf(to('rightName', { sslMode: 'verify-full', sslRootCert: 'system' }));
    expect(message).toContain('not trusted');
  });

  test('the root certificate in ~/.postgresql is used where none is named', async () => {
    const { operator } = await failureOf(to('rightName', { sslMode: 'verify-ca' }));
    expect(operator).toContain(`${home}/.postgresql/root.crt does not exist`);
    mkdirSync(path.join(home, '.postgresql'));
    writeFileSync(path.join(home, '.postgresql/root.crt'), authority.cert);
    expect(await wayOf(to('rightName', { sslMode: 'verify-ca' }))).toBe('tls');
    writeFileSync(path.join(home, '.postgresql/root.crt'), stranger.cert);
    expect((await failureOf(to('rightName', { sslMode: 'require' }))).message).toContain('not trusted');
  });

  test('a file that is missing, or holds no certificate, is refused by its path and not ignored', async () => {
    const missing = await failureOf(to('rightName', { sslMode: 'prefer', sslRootCert: '/nowhere/root.crt' }));
    expect(missing.operator).toContain('/nowhere/root.crt cannot be read (ENOENT)');
    const file = path.join(home, 'not-a-certificate');
    writeFileSync(file, 'hello');
    const empty = await failureOf(to('rightName', { sslMode: 'verify-ca', sslRootCert: file }));
    expect(empty.operator).toContain(`${file} holds no certificate`);
    expect(empty.code).toBe('configuration');
  });

  test('a client certificate logs in where the server asks for one', async () => {
    const login = { user: 'certified', password: undefined, sslMode: 'require' } as const;
    const files = { sslCert: clientCertificate.certFile, sslKey: clientCertificate.keyFile };
    expect(await wayOf(to('rightName', { ...login, ...files }))).toBe('tls');
    expect((await failureOf(to('rightName', login))).message).toContain('not allow this login');
  });

  test('a password exchange can be bound to the TLS connection', async () => {
    expect(await wayOf(to('rightName', { channelBinding: true, sslMode: 'require' }))).toBe('tls');
  });
});

describe('settings', () => {
  test('a Unix socket is used without TLS in every mode', async () => {
    const socket = { host: servers.rightName.socketDirectory, sslMode: 'verify-full' } as const;
    expect(await wayOf(to('rightName', socket))).toBe('plain');
  });

  test("libpq's own variables for TLS and passwords are not read", async () => {
    vi.stubEnv('PGSSLMODE', 'require');
    vi.stubEnv('PGSSLNEGOTIATION', 'direct');
    vi.stubEnv('PGPASSWORD', password);
    expect(await wayOf(to('rightName', { sslMode: 'disable' }))).toBe('plain');
    expect((await failureOf(to('rightName', { password: undefined }))).message).toContain('none is set');
  });

  test('the application name and the options reach the server', async () => {
    const options = '-c search_path=elsewhere';
    const client = new pg.Client(await negotiate(to('withoutTls', { applicationName: 'a test', options })));
    await client.connect();
    const { rows } = await client.query(
      "select current_setting('application_name') as name, current_setting('search_path') as path",
    );
    await client.end();
    expect(rows).toEqual([{ name: 'a test', path: 'elsewhere' }]);
  });

  test('printing the options of a connection does not show the password', async () => {
    expect(inspect(await negotiate(to('rightName')), { depth: 9, showHidden: true })).not.toContain(password);
  });
});

describe('failures', () => {
  test('a wrong password is the answer, and the other way is not tried behind it', async () => {
    const mixed = to('rightName', { user: 'mixed', password: 'wrong guess' });
    const { code, message, operator } = await failureOf(mixed); // without TLS, this user needs no password at all
    expect(code).toBe('configuration');
    expect(message).toContain('refused the user name or the password');
    expect(operator).toContain(`psql -h 127.0.0.1 -p ${mixed.port} -U mixed -d postgres`);
    expect(message + operator).not.toContain('wrong guess');
  });

  test('a wrong password shows through a first refusal of the other way', async () => {
    const refusals = [to('onlyTls', { sslMode: 'allow' }), to('onlyPlain', { sslMode: 'prefer' })];
    for (const connection of refusals) {
      const { message } = await failureOf({ ...connection, password: 'wrong guess' });
      expect(message).toContain('refused the user name or the password');
    }
  });

  test('a missing database comes with the command that creates it, for the operator only', async () => {
    const { code, message, operator } = await failureOf(to('withoutTls', { database: 'mcp_goals' }));
    const { port } = servers.withoutTls;
    expect(code).toBe('configuration');
    expect(message).toContain('does not exist (POSTGRES_DB or GOAL_AGENT_DATABASE_URL)');
    expect(message).not.toMatch(/127\.0\.0\.1|mcp_goals/);
    expect(operator).toContain(`127.0.0.1, port ${port}, database mcp_goals, user postgres`);
    expect(operator).toContain(`createdb -h 127.0.0.1 -p ${port} -U postgres mcp_goals`);
  });

  test('too many clients are a matter of time, and no reason to leave TLS', async () => {
    const { code, message, operator } = await failureOf(to('rightName', { user: 'full' }));
    expect(code).toBe('unavailable');
    expect(message).toContain('no free connection');
    expect(operator).toContain('(53300)');
  });

  test('a port where nothing listens is unavailable, by address, name and socket', async () => {
    const port = await withPeer(
      () => {},
      async (port) => port,
    );
    for (const host of ['127.0.0.1', 'localhost', home]) {
      const { code, message, operator } = await failureOf(to('withoutTls', { host, port }));
      expect(code).toBe('unavailable');
      expect(message).toContain('not running');
      expect(operator).toMatch(host === home ? `${home}/.s.PGSQL.${port}` : /ECONNREFUSED/);
    }
  });

  test('a host name that does not resolve is unavailable and names the variable', async () => {
    const { code, message } = await failureOf(to('withoutTls', { host: 'no-such-host.invalid' }));
    expect(code).toBe('unavailable');
    expect(message).toContain('POSTGRES_HOST');
  });

  test.each(['disable', 'prefer'] as const)(
    'a server that says nothing is given up in time (sslMode %s)',
    async (sslMode) => {
      const silent = await withPeer(
        () => {},
        (port) => failureOf(to('withoutTls', { port, sslMode, connectTimeoutMs: 150 })),
      );
      expect(silent.code).toBe('unavailable');
      expect(silent.operator).toContain('no answer within 150 ms');
    },
  );

  test('a server that is starting up is unavailable for some seconds', async () => {
    const fields = 'SFATAL\0C57P03\0Mis starting up\0\0';
    const startingUp = Buffer.from(`E\0\0\0${String.fromCharCode(fields.length + 4)}${fields}`, 'latin1');
    const { code, message } = await withPeer(
      (socket) => socket.once('data', () => socket.end(startingUp)),
      (port) => failureOf(to('withoutTls', { port, sslMode: 'disable' })),
    );
    expect(code).toBe('unavailable');
    expect(message).toContain('in a few seconds');
  });

  test('an error of a later statement is explained in the same way', async () => {
    const connection = to('withoutTls');
    const client = new pg.Client(await negotiate(connection));
    await client.connect();
    const error = await client.query('execute nothing').catch((thrown: unknown) => thrown);
    await client.end();
    expect(describeForOperator(error, connection)).toContain(
      '(26000). A pooler in transaction mode stands between. Set POSTGRES_PREPARED=off',
    );
  });

  test('a server that hangs up during the login is unavailable', async () => {
    const { code } = await withPeer(
      (socket) => socket.once('data', () => socket.end()),
      (port) => failureOf(to('withoutTls', { port, sslMode: 'disable' })),
    );
    expect(code).toBe('unavailable');
  });
});

/** A listener that is no PostgreSQL, while `use` runs. */
async function withPeer<T>(answer: (socket: net.Socket) => void, use: (port: number) => Promise<T>): Promise<T> {
  const sockets: net.Socket[] = [];
  const peer = net.createServer((socket) => {
    sockets.push(socket.on('error', () => {}));
    answer(socket);
  });
  await new Promise<void>((resolve) => peer.listen(0, '127.0.0.1', resolve));
  try {
    return await use((peer.address() as net.AddressInfo).port);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => peer.close(resolve));
  }
}
