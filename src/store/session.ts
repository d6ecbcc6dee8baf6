import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { noPassword } from './connection-failure.ts';
import { refuseUnfit, type SessionFacts } from './session-facts.ts';
import { wireTypes } from './wire-types.ts';

export interface SessionNeeds {
  /** How long a statement, or a transaction that waits for its client, may take, in milliseconds. 0: as long as it takes. */
  timeoutMs: number;
  /** No change is taken, whatever is asked; a standby is as good as any. */
  readOnly?: boolean | undefined;
  /** Its statements find a few rows by their keys, and run again and again. */
  keepsPlans?: boolean | undefined;
}

/**
 * A statement touches a few rows by their keys, whatever the tables' statistics say. So one plan is made and kept, and it
 * goes by index. PostgreSQL plans a statement with a limit anew each time where the table is large: 0.2 ms of the 0.4 ms
 * that a short list takes among a million tasks. Without statistics a bitmap over the whole workspace looks cheaper than a
 * few keys: a claim among 4,000 new tasks read all of them three times, 4.7 ms in place of 1.3. See statistics.ts, too.
 * What is switched off so has a price before PostgreSQL 18 that makes any plan look worth compiling, which takes a second.
 */
export const planSettings = [
  'plan_cache_mode = force_generic_plan',
  'enable_seqscan = off',
  'enable_bitmapscan = off',
  'jit = off',
];

/** How a transaction begins. `settings` are for it alone. */
export interface Beginning {
  isolation: 'read committed' | 'repeatable read';
  /** True where it only reads. */
  reads?: boolean;
  settings?: readonly string[];
}

/** How long the first look at a session may take. */
const lookMs = 10_000;

/**
 * A client of the database whose session is as our statements need it, whatever the server, the database and the role say.
 *
 * What a pooler keeps for each of its clients (how times and texts are written) goes with the login. Everything else a
 * pooler refuses there (08P01), and what is set later it may give to another client with the connection. So a session
 * that is ours alone is told once, and one behind a pooler is told at the beginning of each transaction, in its packet.
 */
export class Session extends pg.Client {
  readonly #config: pg.ClientConfig;
  #needs: SessionNeeds = { timeoutMs: 0 };
  #settings: readonly string[] = [];
  #facts: SessionFacts | undefined;

  constructor(config: pg.ClientConfig) {
    const ours = { ssl: false, sslnegotiation: 'postgres', keepAlive: true, pipeline: true, types: wireTypes };
    // as a function it also keeps pg from PGPASSWORD and ~/.pgpass
    super({ ...ours, ...config, password: config.password ?? noPassword } as pg.ClientConfig);
    this.#config = config;
    this.on('error', () => {}); // the call that runs then fails by itself
  }

  /** What `pg` sends at the login. Each of these a pooler gives back to its client with any connection. */
  getStartupConf(): Record<string, string | undefined> {
    const { user, database, application_name = 'goal-agent', options } = this.#config;
    return {
      user,
      database,
      application_name,
      client_encoding: 'UTF8',
      // in full, as the server reports it: a pooler compares the texts
      DateStyle: 'ISO, MDY',
      TimeZone: 'UTC',
      standard_conforming_strings: 'on',
      ...(options && { options }),
    };
  }

  /** The schema that our tables are in. */
  get schema(): string {
    return this.#facts?.path[0] ?? 'public';
  }

  /** The schemas of the search_path that there are, in order. */
  get path(): readonly string[] {
    return this.#facts?.path ?? [];
  }

  /** Whether the database is a Citus, which refuses to write with a plan that is kept. */
  get isCitus(): boolean {
    return this.#facts?.isCitus === true;
  }

  /** Whether a pooler may give the next statement to another connection of the server. */
  get isPooled(): boolean {
    return this.#facts?.pid !== (this as unknown as { processID: number }).processID;
  }

  /** The server's process, where it is this session's alone. */
  get backend(): Pick<SessionFacts, 'pid' | 'begunAt'> | undefined {
    return this.isPooled ? undefined : this.#facts;
  }

  /** Whether a named statement is still there, and still ours, when it is used again. */
  get keepsStatements(): boolean {
    return !this.isPooled || this.#facts?.isVerbatim === false;
  }

  /**
   * Looks at what this session is, and makes it what it has to be.
   *
   * @throws GoalAgentError `configuration` for a database that cannot hold our tables as it is; LocalFailure `STANDBY`.
   */
  async enter(needs: SessionNeeds): Promise<void> {
    this.#needs = needs;
    const facts = await this.#look();
    refuseUnfit(facts, needs);
    this.#settings = this.#withoutPlans(settingsFor(needs, this.escapeIdentifier(facts.path[0] ?? '')));
    const forSession = this.isPooled ? [] : this.#settings.map((setting) => `set ${setting}`);
    await this.query(['commit', ...forSession].join('; '));
  }

  /** Sends the beginning of a transaction. */
  begin({ isolation, reads = false, settings = [] }: Beginning): Promise<pg.QueryResult> {
    const access = reads || this.#needs.readOnly ? 'read only' : 'read write';
    const local = [...(this.isPooled ? this.#settings : []), ...this.#withoutPlans(settings)].map(
      (setting) => `set local ${setting}`,
    );
    return this.query([`begin isolation level ${isolation} ${access}`, ...local].join('; '));
  }

  /** Runs `work` in a transaction of its own, which is taken back where `work` fails. */
  async transaction<T>(work: () => Promise<T>, beginning: Partial<Beginning> = {}): Promise<T> {
    await this.begin({ isolation: 'read committed', ...beginning });
    try {
      const result = await work();
      await this.query('commit');
      return result;
    } catch (error) {
      await this.query('rollback').catch(() => {});
      throw error;
    }
  }

  #withoutPlans(settings: readonly string[]): string[] {
    return settings.filter((setting) => !this.isCitus || !setting.startsWith('plan_cache_mode = force_generic'));
  }

  /** Leaves its transaction open, so that a pooler cannot give what follows to another connection. */
  async #look(): Promise<SessionFacts> {
    const name = `goal_agent_${randomBytes(8).toString('hex')}`;
    const begin = this.query(`begin; set local statement_timeout = ${lookMs}`);
    begin.catch(() => {}); // what fails with it is told by the statement behind it
    const query = { name, text: look, values: [name], query_timeout: lookMs };
    const { rows } = await this.query<SessionFacts>(query as pg.QueryConfig);
    this.#facts = rows[0] as SessionFacts;
    // a pooler that knows of named statements renames them; another would keep this one for good
    if (this.#facts.isVerbatim) await this.query(`deallocate ${name}`);
    return this.#facts;
  }
}

/** Of the statement itself, which is prepared under the name in `$1`. */
const look = `
  select pg_backend_pid() as pid,
    (select a.backend_start::text from pg_stat_activity a where a.pid = pg_backend_pid()) as "begunAt",
    pg_is_in_recovery() as "isStandby",
    current_setting('server_encoding') as encoding,
    current_setting('default_transaction_read_only')::bool as "isReadOnlyByDefault",
    current_setting('search_path') as "searchPath",
    array(select n::text from unnest(current_schemas(false)) with ordinality as s (n, place) order by place) as path,
    exists (select from pg_prepared_statements p where p.name = $1) as "isVerbatim",
    exists (select from pg_extension x where x.extname = 'citus') as "isCitus"`;

/** Our tables are in the first schema of the search_path, and nowhere else: the next one may hold those of another role. */
function settingsFor({ timeoutMs, readOnly, keepsPlans }: SessionNeeds, schema: string): string[] {
  return [
    `search_path = ${schema}, pg_temp`,
    `statement_timeout = ${timeoutMs}`,
    `idle_in_transaction_session_timeout = ${timeoutMs}`,
    'lock_timeout = 0',
    'extra_float_digits = 1',
    "bytea_output = 'hex'",
    "intervalstyle = 'postgres'",
    `default_transaction_read_only = ${readOnly ? 'on' : 'off'}`,
    "default_transaction_isolation = 'read committed'",
    ...(keepsPlans ? planSettings : []),
  ];
}

/**
 * Logs in, lets `work` use the session, and ends it.
 *
 * @throws what `work` throws, what `Session.enter` throws, and pg's own errors.
 */
export async function withSession<T>(
  way: pg.ClientConfig,
  work: (session: Session) => Promise<T>,
  needs: SessionNeeds = { timeoutMs: 0 },
): Promise<T> {
  const session = new Session(way);
  try {
    await session.connect();
    await session.enter(needs);
    return await work(session);
  } finally {
    await session.end();
  }
}
