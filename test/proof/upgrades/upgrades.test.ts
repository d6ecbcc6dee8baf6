import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimTasks } from '../../../src/service/claims.ts';
import { setTaskStatuses } from '../../../src/service/set-task-statuses.ts';
import { undo } from '../../../src/service/undo.ts';
import expected from '../../../src/store/expected-schema.json' with { type: 'json' };
import { readSchemaParts } from '../../../src/store/inspect-schema.ts';
import { knownMigrations } from '../../../src/store/migrate.ts';
import { withSession } from '../../../src/store/session.ts';
import { run, start } from '../../legacy/support/program.ts';
import { readCatalog } from '../../support/catalog.ts';
import { aClient } from '../../support/conversation.ts';
import { aDatabase, aStore } from '../../support/database.ts';
import { brokenInvariants } from '../../support/invariants.ts';
import { isAtLength, repeats, seed, tell } from '../../support/proof.ts';
import { type Death, deaths, letDie, removeTrap, setTrap } from './deaths.ts';
import { keeping } from './kept.ts';
import { aReleased, type Database, type Release, releases, withCopy } from './released.ts';

const rounds = repeats('rounds', { briefly: 1, atLength: 20 });
const random = aRandom(seed);
const counts = { releases: 0, commands: 0, died: 0, done: 0 };
let fresh: Awaited<ReturnType<typeof readCatalog>>;

beforeAll(async () => {
  fresh = await readCatalog(await aClient(await aDatabase()));
});

afterAll(() => {
  tell('upgrades', {
    'releases taken to the newest schema': counts.releases,
    'commands in them, each a place to die at': counts.commands,
    'upgrades that died and were finished by two starts at once': counts.died,
    'upgrades that were done before their death': counts.done,
  });
});

/** A short run lets a third of the releases die, another third with another seed. */
const dies = (place: number) => isAtLength || (place + seed) % 3 === 0;

describe.each(releases.map((release, place) => ({ release, place })))('a database of $release.name', (each) => {
  const { release, place } = each;
  let released: Database;
  let undisturbed: { commands: number; ms: number };

  it('goes to the newest schema, whole, and agents go on', async () => {
    released = await aReleased(release);
    undisturbed = await upgradeWhole(release, released);
    counts.releases += 1;
    counts.commands += undisturbed.commands;
  });

  it.runIf(dies(place))('is finished by two that start at once after an upgrade that died', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const death = deaths[(round + Math.floor(place / 3)) % deaths.length] as Death;
      const moment = random();
      const ending = await upgradeDying(release, released, { death, moment, ...undisturbed }).catch((error) => {
        error.message = `${death} at ${moment.toFixed(4)}, seed ${seed}: ${error.message}`;
        throw error;
      });
      counts[ending] += 1;
    }
  });
});

interface Dying {
  death: Death;
  moment: number;
  commands: number;
  ms: number;
}

/** Counts the commands of an upgrade that nothing disturbs, and measures it. */
function upgradeWhole(release: Release, released: Database): Promise<{ commands: number; ms: number }> {
  return withCopy(released, async (sql, copy) => {
    const checkKept = await keeping(release, sql);
    await setTrap(sql);
    const began = performance.now();
    const { code, stderr } = await run(['init'], copy, release);
    const ms = performance.now() - began;
    expect(code, stderr).toBe(0);
    const commands = await removeTrap(sql);
    await checkKept();
    await expectNewest(sql, copy);
    await expectUse(sql, copy);
    return { commands, ms };
  });
}

function upgradeDying(release: Release, released: Database, dying: Dying) {
  return withCopy(released, async (sql, copy) => {
    const checkKept = await keeping(release, sql);
    const ending = await letDie(sql, () => start(['init'], copy, release), dying);
    const starts = await Promise.all([run(['init'], copy, release), run(['init'], copy, release)]);
    expect(starts.map(({ code, stderr }) => (code === 0 ? '' : stderr))).toEqual(['', '']);
    await checkKept();
    await expectNewest(sql, copy);
    return ending;
  });
}

/** The schema is the expected one, nothing more, and what the schema cannot hold by itself is right. */
async function expectNewest(sql: pg.Client, copy: Database): Promise<void> {
  await sql.query('set client_min_messages = warning; drop table if exists legacy_tasks, legacy_goals');
  expect(await withSession(copy, readSchemaParts)).toEqual(expected);
  expect(await readCatalog(sql)).toEqual(fresh);
  const { rows } = await sql.query('select name from goal_agent_migrations order by id');
  expect(rows.map(({ name }) => name)).toEqual(await knownMigrations());
  expect(await brokenInvariants(sql)).toEqual({});
}

/** Agents go on with their work where they were. */
async function expectUse(sql: pg.Client, copy: Database): Promise<void> {
  const call = { store: await aStore(copy), actor: 'after the upgrade' };
  const [task] = await claimTasks(call, { limit: 1, leaseSeconds: 60 });
  if (task === undefined) throw new Error('no task is ready');
  await setTaskStatuses(call, [{ taskId: task.id, status: 'completed' }]);
  await undo(call, undefined);
  await undo(call, undefined);
  await call.store.database.close();
  expect((await sql.query('select status from tasks where workspace_id = 1 and id = $1', [task.id])).rows).toEqual([
    { status: 'pending' },
  ]);
  expect(await brokenInvariants(sql)).toEqual({});
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function aRandom(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
