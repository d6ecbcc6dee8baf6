import { asJson, type Json } from '../domain/json.ts';
import { type Call, change, read, transact } from '../service/call.ts';
import { step } from '../store/database.ts';
import { violatedConstraint } from '../store/failures.ts';
import { findImport } from '../store/statements/find-import.ts';
import { findTaskStatuses } from '../store/statements/find-task-statuses.ts';
import { insertImport } from '../store/statements/insert-import.ts';
import { listCounters } from '../store/statements/list-counters.ts';
import { listExistingGoals } from '../store/statements/list-existing-goals.ts';
import { lockGraphExclusive } from '../store/statements/lock-graph.ts';
import { raiseCounters } from '../store/statements/raise-counters.ts';
import { canonicalId, type Kind } from './check/assign-ids.ts';
import { type CheckedRecords, checkRecords } from './check/check.ts';
import type { Existing, LegacyRecords, OnConflict } from './check/types.ts';
import { clockTime } from './clock-time.ts';
import type { TimeZone } from './local-time.ts';
import { releaseMemory } from './release-memory.ts';
import { Changes, type ImportReport } from './report.ts';
import { reportOf } from './report-of.ts';
import { type OnProgress, writeRows } from './write-rows.ts';

/** A source of records, and the way to take them over. */
export interface ImportRequest {
  /** The source's name for people: a directory, or Redis. */
  source: string;
  /** Of the source's content. */
  hash: string;
  /** Reads the records. It may be called more than once. */
  records(changes: Changes): LegacyRecords | Promise<LegacyRecords>;
  zone: TimeZone;
  onConflict: OnConflict;
  /** Also when this content was imported before. */
  again: boolean;
  dryRun: boolean;
  onProgress?: OnProgress | undefined;
}

export type ImportOutcome =
  | { kind: 'imported' | 'dry_run'; report: ImportReport }
  /** The content was imported before, at this time; nothing was done. */
  | { kind: 'already'; importedAt: string };

const attempts = 3;
/** The number of tasks from which on an import collects garbage. */
const large = 20_000;
const rowKeys = new Set(['goals_pkey', 'goals_number_unique', 'tasks_pkey']);

/**
 * Takes over the records of an older version, in one transaction, once for each content.
 *
 * @throws GoalAgentError the errors of `records`, and those that the database's state asks for.
 */
export async function importRecords(call: Call, request: ImportRequest): Promise<ImportOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptImport(call, request);
    } catch (error) {
      // somebody created a row under one of these IDs after our look; the next look sees it
      if (attempt === attempts || !rowKeys.has(violatedConstraint(error) ?? '')) throw error;
    }
  }
}

async function attemptImport(call: Call, request: ImportRequest): Promise<ImportOutcome> {
  const { workspaceId } = call.store;
  const imported = step(findImport, { workspaceId, contentHash: request.hash });
  const [before] = request.again ? [] : (await read(call, { imported })).imported;
  if (before !== undefined) return { kind: 'already', importedAt: before.imported_at };
  const changes = new Changes();
  const records = await request.records(changes);
  const { zone, onConflict } = request;
  const now = await clockTime((steps) => read(call, steps));
  const existing = await findExisting(call, records);
  const firstNew = await nextNumbers(call);
  const checked = checkRecords(records, { zone, now, existing, onConflict, firstNew }, changes);
  if (request.dryRun) {
    for (const task of checked.tasks) checked.rowOf(task);
    return { kind: 'dry_run', report: reportOf(request, checked, changes) };
  }
  const nexts = [checked.highest.goal + 1, checked.highest.task + 1];
  await change(call, () => ({ counters: step(raiseCounters, { workspaceId, kinds: ['goal', 'task'], nexts }) }));
  return save(call, request, { checked, changes });
}

async function save(
  call: Call,
  request: ImportRequest,
  { checked, changes }: { checked: CheckedRecords; changes: Changes },
): Promise<ImportOutcome> {
  const { workspaceId } = call.store;
  const contentHash = request.hash;
  if (checked.tasks.length > large) releaseMemory();
  return transact(
    call,
    async (run, record): Promise<ImportOutcome> => {
      // two first starts may come here with the same files: the second one sees the work of the first
      const { imported } = await run({
        locked: step(lockGraphExclusive, { workspaceId }),
        imported: step(findImport, { workspaceId, contentHash }),
      });
      const [before] = imported;
      if (before !== undefined && !request.again) return { kind: 'already', importedAt: before.imported_at };
      await writeRows(run, checked, { ...(await record()), onProgress: request.onProgress });
      // only now, since records are read to their end as they are written
      const report = reportOf(request, checked, changes);
      const { source } = request;
      await run({ kept: step(insertImport, { workspaceId, contentHash, source, report: asJson(report) }) });
      return { kind: 'imported', report };
    },
    { rows: checked.goals.length + checked.tasks.length, isPatient: true },
  );
}

async function nextNumbers(call: Call): Promise<{ goal: number; task: number }> {
  const { counters } = await read(call, { counters: step(listCounters, { workspaceId: call.store.workspaceId }) });
  const nexts = new Map(counters.map(({ kind, next }) => [kind, next]));
  return { goal: nexts.get('goal') ?? 1, task: nexts.get('task') ?? 1 };
}

/** The records' IDs that the store has already. */
async function findExisting(call: Call, records: LegacyRecords): Promise<Existing> {
  const { workspaceId } = call.store;
  const namedGoals = [...records.tasks.heads.values()].map((head) => head.goal_id);
  const goalIds = canonicalIds('goal', [...referencesTo(records.goals), ...namedGoals]);
  const taskIds = canonicalIds('task', referencesTo(records.tasks));
  const { goals, tasks } = await read(call, {
    goals: step(listExistingGoals, { workspaceId, goalIds }),
    tasks: step(findTaskStatuses, { workspaceId, taskIds }),
  });
  return {
    goals: statusById(goals),
    tasks: statusById(tasks.map(({ id, status, satisfies }) => ({ id, status: satisfies ? 'completed' : status }))),
  };
}

function referencesTo(records: LegacyRecords['goals']): (Json | undefined)[] {
  return [...records.heads].flatMap(([key, head]) => [key, head.id]);
}

function canonicalIds(kind: Kind, references: (Json | undefined)[]): string[] {
  return [...new Set(references.map((each) => canonicalId(kind, each)))].filter((id) => id !== undefined);
}

function statusById(rows: { id: string; status: string }[]): Map<string, string> {
  return new Map(rows.map(({ id, status }) => [id, status]));
}
