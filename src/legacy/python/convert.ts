import { createHash } from 'node:crypto';
import type pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { GoalAgentError } from '../../domain/errors.ts';
import { asJson } from '../../domain/json.ts';
import { makeOperation } from '../../service/call.ts';
import { type Run, step } from '../../store/database.ts';
import { errorCode } from '../../store/errors.ts';
import { lockMigrations, migrateWithin } from '../../store/migrate.ts';
import {
  findLegacyTables,
  findPythonTables,
  readLegacyTable,
  setPythonTablesAside,
} from '../../store/python-tables.ts';
import { runOnSession } from '../../store/run-on.ts';
import { type Session, withSession } from '../../store/session.ts';
import { findWorkspace } from '../../store/statements/find-workspace.ts';
import { insertCounters } from '../../store/statements/insert-counters.ts';
import { insertImport } from '../../store/statements/insert-import.ts';
import { insertWorkspace } from '../../store/statements/insert-workspace.ts';
import { raiseCounters } from '../../store/statements/raise-counters.ts';
import { checkRecords } from '../check/check.ts';
import type { LegacyRecords } from '../check/types.ts';
import { clockTime } from '../clock-time.ts';
import { TimeZone } from '../local-time.ts';
import { Changes, type ImportReport } from '../report.ts';
import { reportOf } from '../report-of.ts';
import { type OnProgress, writeRows } from '../write-rows.ts';
import { recordsFrom } from './records.ts';

export interface Conversion {
  /** The migrations that ran with it. */
  migrations: string[];
  report: ImportReport;
}

interface ConversionOptions {
  workspace: string;
  onProgress?: OnProgress | undefined;
}

const source = 'the tables of the Python v3.0';
const lockNotAvailable = '55P03';

/**
 * Converts the tables of a Python v3.0 database. One transaction sets the old tables aside, makes ours, and moves every
 * row with the checks of any import. Undefined when there are no such tables, or when another process has converted them
 * meanwhile. After any failure the database is as it was.
 *
 * @throws GoalAgentError `conflict` when the tables are in use, or when an earlier conversion's tables still exist.
 */
export async function convertPythonTables(
  connection: pg.ClientConfig,
  options: ConversionOptions,
): Promise<Conversion | undefined> {
  return withSession({ ...connection, application_name: 'goal-agent init' }, async (session) => {
    const found = await session.transaction(() => findPythonTables(session), { reads: true });
    return found === 'python' ? convert(session, options) : undefined;
  });
}

async function convert(session: Session, options: ConversionOptions): Promise<Conversion | undefined> {
  try {
    return await session.transaction(async () => {
      // of several that start at once the first converts, however long it takes; the others find that it is done
      await lockMigrations(session);
      if ((await findPythonTables(session)) !== 'python') return undefined;
      // a server of the old version that still runs would otherwise make us wait for ever
      await session.query(`set local lock_timeout = '10s'`);
      return convertWithin(session, options);
    });
  } catch (error) {
    if (errorCode(error) !== lockNotAvailable) throw error;
    throw new GoalAgentError(
      'conflict',
      'The tables of the Python v3.0 are in use. Stop that server and run goal-agent init again. Nothing was changed.',
      { cause: error },
    );
  }
}

async function convertWithin(session: Session, options: ConversionOptions): Promise<Conversion> {
  const kept = await findLegacyTables(session);
  if (kept.length > 0) {
    throw new GoalAgentError(
      'conflict',
      `${kept.join(' and ')} from an earlier conversion are still there. Look at them, then drop or rename them, and run goal-agent init again. Nothing was changed.`,
    );
  }
  await setPythonTablesAside(session);
  const migrations = await migrateWithin(session);
  const goals = await readLegacyTable(session, 'legacy_goals');
  const tasks = await readLegacyTable(session, 'legacy_tasks');
  const changes = new Changes();
  const records = recordsFrom(goals, tasks, changes);
  const hash = createHash('sha256')
    .update(JSON.stringify([goals.rows, tasks.rows]))
    .digest('hex');
  const report = await moveRows(runOnSession(session), { records, changes, hash, ...options });
  return { migrations, report };
}

interface Move extends ConversionOptions {
  records: LegacyRecords;
  changes: Changes;
  hash: string;
}

async function moveRows(run: Run, { records, changes, hash, workspace, onProgress }: Move): Promise<ImportReport> {
  const workspaceId = await makeWorkspace(run, workspace);
  const zone = new TimeZone('UTC');
  const existing = { goals: new Map<string, string>(), tasks: new Map<string, string>() };
  const now = await clockTime(run);
  const checked = checkRecords(
    records,
    { zone, now, existing, onConflict: 'skip', firstNew: { goal: 1, task: 1 } },
    changes,
  );
  const nexts = [checked.highest.goal + 1, checked.highest.task + 1];
  await run({ counters: step(raiseCounters, { workspaceId, kinds: ['goal', 'task'], nexts }) });
  const recording = await makeOperation(run, { workspaceId, id: uuidv7(), actor: 'import python' });
  await writeRows(run, checked, { ...recording, onProgress });
  const report = reportOf({ source, zone }, checked, changes);
  await run({ kept: step(insertImport, { workspaceId, contentHash: hash, source, report: asJson(report) }) });
  return report;
}

async function makeWorkspace(run: Run, name: string): Promise<number> {
  const { found } = await run({ made: step(insertWorkspace, { name }), found: step(findWorkspace, { name }) });
  const [workspace] = found;
  if (workspace === undefined) throw new Error(`workspace ${name} was not created`);
  await run({ counters: step(insertCounters, { workspaceId: workspace.id, kinds: ['goal', 'task', 'note'] }) });
  return workspace.id;
}
