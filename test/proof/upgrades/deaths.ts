import type pg from 'pg';
import { expect } from 'vitest';
import type { Running } from '../../legacy/support/program.ts';

// A database of a test may have an event trigger and triggers: they count every command that an upgrade runs, of its schema
// and of its rows, and stop at the one that the test has chosen.

/** Locked while whoever is to be killed waits. */
const gate = 1_314_213_963;

export type Death = 'killed at a command' | 'its connection ended at a command' | 'killed at some moment';
export const deaths: Death[] = ['killed at a command', 'its connection ended at a command', 'killed at some moment'];

const trap = `
  create schema trap;
  create sequence trap.commands;
  create table trap.at (command bigint not null, does text not null);
  create function trap.count() returns void language plpgsql as $$
  declare
    this bigint := nextval('trap.commands');
    chosen record;
  begin
    select * into chosen from trap.at where command = this;
    if chosen.does = 'wait' then perform pg_advisory_xact_lock_shared(${gate}); end if;
    if chosen.does = 'end' then perform pg_terminate_backend(pg_backend_pid()), pg_sleep(60); end if;
  end $$;
  create function trap.on_rows() returns trigger language plpgsql as $$ begin perform trap.count(); return null; end $$;
  create function trap.watch(relation text) returns void language plpgsql as $$
  begin
    execute format('create trigger trap before insert or update or delete on %s for each statement execute function trap.on_rows()', relation);
  end $$;
  create function trap.on_schema() returns event_trigger language plpgsql as $$
  declare made record;
  begin
    for made in select * from pg_event_trigger_ddl_commands() where schema_name = 'public' loop
      if made.command_tag = 'CREATE TRIGGER' then return; end if;
      perform trap.count();
      if made.command_tag = 'CREATE TABLE' then perform trap.watch(made.object_identity); end if;
    end loop;
  end $$;
  select trap.watch(format('%I.%I', schemaname, tablename)) from pg_tables where schemaname = 'public';
  create event trigger trap on ddl_command_end execute function trap.on_schema()`;

/** From here on the database counts its commands, and does this at one of them. */
export async function setTrap(sql: pg.Client, at?: { command: number; does: 'wait' | 'end' }): Promise<void> {
  await sql.query(trap);
  if (at !== undefined) await sql.query('insert into trap.at values ($1, $2)', [at.command, at.does]);
}

/** Takes the trap away, and gives back how many commands it has counted. */
export async function removeTrap(sql: pg.Client): Promise<number> {
  const { rows } = await sql.query('select last_value::int4 as count from trap.commands');
  await sql.query(`set client_min_messages = warning; drop event trigger trap; drop schema trap cascade`);
  return rows[0].count;
}

/** How the upgrade ended: `died`, or it was done before its death came. */
export type Ending = 'died' | 'done';

/** Starts an upgrade on a database and lets it die in this way; `moment`, from 0 to 1, is how far it has come. */
export async function letDie(
  sql: pg.Client,
  start: () => Running,
  { death, moment, commands, ms }: { death: Death; moment: number; commands: number; ms: number },
): Promise<Ending> {
  const command = 1 + Math.floor(moment * commands);
  if (death === 'killed at some moment') return killAfter(sql, start(), moment * ms);
  await setTrap(sql, { command, does: death === 'killed at a command' ? 'wait' : 'end' });
  const ending = await (death === 'killed at a command' ? killWhereItWaits(sql, start) : start().ended.then(endingOf));
  await untilGone(sql);
  await removeTrap(sql);
  return ending;
}

async function killAfter(sql: pg.Client, { child, ended }: Running, ms: number): Promise<Ending> {
  const timer = setTimeout(() => child.kill('SIGKILL'), ms);
  const ran = await ended;
  clearTimeout(timer);
  await untilGone(sql);
  return endingOf(ran);
}

/** The server only learns of the death when the command ends: the command ends after the process. */
async function killWhereItWaits(sql: pg.Client, start: () => Running): Promise<Ending> {
  await sql.query(`select pg_advisory_lock(${gate})`);
  const { child, ended } = start();
  const waits = `select from pg_locks where locktype = 'advisory' and not granted and objid = ${gate}
    and database = (select oid from pg_database where datname = current_database())`;
  let isOver = false;
  void ended.then(() => (isOver = true));
  await expect
    .poll(async () => isOver || (await sql.query(waits)).rowCount === 1, { timeout: 60_000, interval: 10 })
    .toBe(true);
  child.kill('SIGKILL');
  const ran = await ended;
  await sql.query(`select pg_advisory_unlock(${gate})`);
  return endingOf(ran);
}

function endingOf({ code }: { code: number | null }): Ending {
  return code === 0 ? 'done' : 'died';
}

/** Until the server has taken back what the dead process had begun. */
async function untilGone(sql: pg.Client): Promise<void> {
  const left = `select from pg_stat_activity where datname = current_database() and application_name like 'goal-agent%'`;
  await expect.poll(async () => (await sql.query(left)).rowCount, { timeout: 60_000, interval: 10 }).toBe(0);
}
