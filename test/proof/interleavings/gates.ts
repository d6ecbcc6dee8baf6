import type pg from 'pg';
import type { SchemaFunction } from '../../../src/store/function.ts';
import { functions } from '../../../src/store/functions/index.ts';

// A function of the schema is one message and many statements. Here each of them that meets others waits at a gate first.

/** The first key of the advisory locks that are gates; the second is the process of the server that waits. */
export const gateKey = 7_000_000;

/** What a session that comes to a gate tells its client, before it waits. */
export const gateNotice = 'step gate';

/**
 * A session waits only where somebody holds its lock. The gate takes no row and commits nothing; that it is a statement of its own
 * changes no snapshot either, since every statement of a function has its own. The locks are given back before the session goes on.
 */
const gate = `
create function step_gate() returns void
language plpgsql
set lock_timeout = 0
as $$
begin
  raise notice '${gateNotice}';
  perform pg_advisory_lock(${gateKey}, pg_backend_pid());
  perform pg_advisory_unlock(${gateKey}, pg_backend_pid());
  perform pg_advisory_lock(${gateKey + 1}, pg_backend_pid());
  perform pg_advisory_unlock(${gateKey + 1}, pg_backend_pid());
end $$`;

/**
 * Lets a session go on that waits at a gate, or comes to it in a moment. Run by whoever holds its lock. The second lock keeps the
 * session back until the first one is held again: it would be at its next gate before.
 */
const opening = `
create function open_gate(waiting int4) returns void
language plpgsql
as $$
begin
  while not pg_backend_pid() = any(pg_blocking_pids(waiting)) loop
    perform pg_sleep(0.0001);
  end loop;
  perform pg_advisory_lock(${gateKey + 1}, waiting);
  perform pg_advisory_unlock(${gateKey}, waiting);
  perform pg_advisory_lock(${gateKey}, waiting);
  perform pg_advisory_unlock(${gateKey + 1}, waiting);
end $$`;

/** Makes the functions of the schema anew, with their gates. */
export async function putGates(sql: pg.Client): Promise<void> {
  await sql.query(gate);
  await sql.query(opening);
  const { rows } = await sql.query(`select tablename as name from pg_tables where schemaname = 'public'`);
  const meets = new RegExp(`\\b(?:${rows.map(({ name }) => name).join('|')}|pg_advisory_xact_lock\\w*)\\b`);
  for (const each of functions.filter(isGated)) {
    await sql.query(each.definition.replace(each.body, () => withGates(each.body, meets)));
  }
}

/** Whether a call of this function stops at gates: numbers are taken by themselves, and meet nobody but their counter. */
export function isGated({ name }: Pick<SchemaFunction, 'name'>): boolean {
  return !name.startsWith('take_numbers');
}

/** The body with a gate before each statement that reads, changes or locks what others may. */
export function withGates(body: string, meets: RegExp): string {
  const starts = statementsOf(body).filter(
    ({ head }) => meets.test(head) && !/^(?:elsif|else|end|exit)\b|\bfound\b/.test(head),
  );
  let gated = '';
  let at = 0;
  for (const { start } of starts) {
    gated += `${body.slice(at, start)}perform step_gate(); `;
    at = start;
  }
  return gated + body.slice(at);
}

/** Where the statements of PL/pgSQL begin, each with its text up to its end, or up to what is inside it. */
function statementsOf(body: string): { start: number; head: string }[] {
  const token = /--[^\n]*|'(?:[^']|'')*'|"[^"]*"|[()[\];]|\b[a-z_]\w*\b/gi;
  const found: { start: number; head: string }[] = [];
  let start: number | undefined;
  let depth = 0;
  let cases = 0;
  for (const { 0: text, index } of body.matchAll(token)) {
    if (text.startsWith('--')) continue;
    const word = text.toLowerCase();
    start ??= index;
    if (word === '(' || word === '[') depth += 1;
    else if (word === ')' || word === ']') depth -= 1;
    else if (word === 'case') cases += 1;
    else if (word === 'end' && cases > 0) cases -= 1;
    else if (depth === 0 && cases === 0 && endsHead.has(word) && !/^end\s/.test(body.slice(start, index))) {
      found.push({ start, head: body.slice(start, index) });
      start = undefined;
    } else if (word === ';') start = undefined;
  }
  return found;
}

const endsHead = new Set([';', 'then', 'else', 'loop']);
