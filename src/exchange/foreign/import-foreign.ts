import { createHash } from 'node:crypto';
import { isClosedGoal } from '../../domain/closed-goal.ts';
import { asJson, type Json } from '../../domain/json.ts';
import { writeJson } from '../../domain/json-text.ts';
import { chunks } from '../../legacy/chunks.ts';
import { clockTime } from '../../legacy/clock-time.ts';
import { machineTimeZone, type TimeZone } from '../../legacy/local-time.ts';
import { Changes, type ImportReport } from '../../legacy/report.ts';
import { type OnProgress, writeRows } from '../../legacy/write-rows.ts';
import { type Call, type Recording, read, transact } from '../../service/call.ts';
import { countAbove } from '../../service/count-above.ts';
import { type Run, step } from '../../store/database.ts';
import { countSubGoals } from '../../store/functions/count-sub-goals.ts';
import { addTasksToGoal } from '../../store/statements/add-tasks-to-goal.ts';
import { insertImport } from '../../store/statements/insert-import.ts';
import { insertGoalLabels, insertTaskLabels } from '../../store/statements/labels.ts';
import { listCounters } from '../../store/statements/list-counters.ts';
import { lockGoals, lockGoalsUpward } from '../../store/statements/lock-goals.ts';
import { lockGraphExclusive } from '../../store/statements/lock-graph.ts';
import { recordFollowed } from '../../store/statements/record-followed.ts';
import { recordNoted } from '../../store/statements/record-noted.ts';
import { recountTasks } from '../../store/statements/recount-tasks.ts';
import { restoreNotes } from '../../store/statements/restore-notes.ts';
import { noteWords } from '../../store/write-words.ts';
import { findKnown, type KnownRows } from './known-rows.ts';
import type { ForeignPlan } from './plan.ts';
import type { NewGoalRow, NewNote } from './row.ts';
import { type NewRows, newRows } from './rows.ts';

/** A plan, and what it is remembered by. */
export interface ForeignImport {
  plan: ForeignPlan;
  /** The source's name for people. */
  source: string;
  /** What the IDs in it are known by: those of one origin are the same things. */
  origin: string;
  /** For timestamps without a zone; the zone of this machine when left out. */
  zone?: TimeZone | undefined;
  dryRun?: boolean | undefined;
  onProgress?: OnProgress | undefined;
}

export interface ForeignOutcome {
  kind: 'imported' | 'dry_run' | 'nothing_new';
  report: ImportReport;
}

const attempts = 3;
/** The number of rows in one statement. */
const chunkSize = 500;

/** Somebody changed the workspace between our look and our write: look again. */
class Outrun extends Error {}

/**
 * Adds what a plan has and the workspace has not, as one operation: all of it or, with an error, nothing. What an earlier
 * import of the same origin brought is known by its ID, and left as it is.
 */
export async function importForeign(call: Call, request: ForeignImport): Promise<ForeignOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptImport(call, request);
    } catch (error) {
      if (!(error instanceof Outrun) || attempt === attempts) throw error;
    }
  }
}

interface Attempt extends ForeignImport {
  zone: TimeZone;
  now: string;
}

async function attemptImport(call: Call, request: ForeignImport): Promise<ForeignOutcome> {
  const look: Run = (steps) => read(call, steps);
  const now = await clockTime(look);
  const source = { workspaceId: call.store.workspaceId, origin: request.origin };
  const attempt = { ...request, zone: request.zone ?? machineTimeZone(), now };
  const seen = rowsFor(attempt, await findKnown(look, source), await nextNumbers(call));
  if (request.dryRun) return { kind: 'dry_run', report: seen.report };
  const { goals, tasks, notes } = seen.rows;
  if (goals.length + tasks.length === 0) return { kind: 'nothing_new', report: seen.report };
  const { numbers } = call.store;
  const taken = {
    goal: goals.length === 0 ? 0 : await numbers.take('goal', goals.length),
    task: tasks.length === 0 ? 0 : await numbers.take('task', tasks.length),
    note: notes.length === 0 ? 0 : await numbers.take('note', notes.length),
  };
  return transact(
    call,
    async (run, record) => {
      await run({ locked: step(lockGraphExclusive, { workspaceId: call.store.workspaceId }) });
      const { rows, report } = rowsFor(attempt, await findKnown(run, source), taken);
      if (rows.goals.length !== goals.length || rows.tasks.length !== tasks.length) throw new Outrun();
      await write(run, call, {
        rows,
        firstNote: taken.note,
        recording: await record(),
        onProgress: request.onProgress,
      });
      await run({ kept: keptImport(call, request, report) });
      return { kind: 'imported', report } as const;
    },
    { rows: goals.length + tasks.length, isPatient: true },
  );
}

function rowsFor(attempt: Attempt, known: KnownRows, first: { goal: number; task: number }) {
  const { plan, zone, now, source, origin } = attempt;
  const changes = new Changes();
  const rows = newRows(plan, { known, first, zone, now }, changes);
  const { found, imported, ids, parents } = rows;
  const shared = { source, origin, timezone: zone.name, changes: changes.sorted() };
  const report: ImportReport = { ...shared, found, imported, ids, ...(Object.keys(parents).length > 0 && { parents }) };
  return { rows, report };
}

async function nextNumbers(call: Call): Promise<{ goal: number; task: number }> {
  const { counters } = await read(call, { counters: step(listCounters, { workspaceId: call.store.workspaceId }) });
  const nexts = new Map(counters.map(({ kind, next }) => [kind, next]));
  return { goal: nexts.get('goal') ?? 1, task: nexts.get('task') ?? 1 };
}

interface Writing {
  rows: NewRows;
  firstNote: number;
  recording: Recording;
  onProgress: OnProgress | undefined;
}

async function write(run: Run, call: Call, { rows, firstNote, recording, onProgress }: Writing): Promise<void> {
  await openGoals(run, rows.goalsToOpen, recording);
  await writeRows(run, rows, { ...recording, onProgress });
  await countGrafted(run, rows.goals, recording);
  const labelled = rows.tasks.filter((task) => (rows.rowOf(task).labels ?? []).length > 0).map(({ id }) => id);
  for (const taskIds of chunks(labelled, chunkSize)) {
    await run({ labels: step(insertTaskLabels, { workspaceId: recording.workspaceId, taskIds }) });
  }
  const labelledGoals = rows.goals.filter((goal) => (goal.labels ?? []).length > 0).map(({ id }) => id);
  for (const goalIds of chunks(labelledGoals, chunkSize)) {
    await run({ labels: step(insertGoalLabels, { workspaceId: recording.workspaceId, goalIds }) });
  }
  const notes = rows.notes.map((note, place) => ({ ...note, id: firstNote + place, actor: note.actor ?? call.actor }));
  await writeNotes(run, notes, recording);
}

/** Goals that get an open task go on, as they do when an agent adds one. */
async function openGoals(run: Run, goalIds: string[], { workspaceId, operation }: Recording): Promise<void> {
  if (goalIds.length === 0) return;
  const { before } = await run({ before: step(lockGoals, { workspaceId, goalIds }) });
  for (const goalId of goalIds) await run({ opened: step(addTasksToGoal, { workspaceId, goalId, count: 0 }) });
  const { after } = await run({
    followed: step(recordFollowed, { workspaceId, operation, before }),
    after: step(lockGoals, { workspaceId, goalIds }),
  });
  await countAbove(run, { workspaceId, operation }, { before, after, takenUp: goalIds });
}

/** New goals under goals that were here before count there, and open what is above them, as when an agent makes one. */
async function countGrafted(
  run: Run,
  goals: readonly NewGoalRow[],
  { workspaceId, operation }: Recording,
): Promise<void> {
  const fresh = new Set(goals.map(({ id }) => id));
  const grafted = goals.flatMap(({ id, parent_goal_id: parentId, status }) =>
    parentId === null || fresh.has(parentId) ? [] : [{ id, parentId, isOpen: !isClosedGoal(status) }],
  );
  if (grafted.length === 0) return;
  const parentIds = grafted.map(({ parentId }) => parentId);
  await run({
    locked: step(lockGoalsUpward, { workspaceId, goalIds: parentIds }),
    counted: step(countSubGoals.call, {
      ...{ workspaceId, operation, goalIds: parentIds },
      totals: grafted.map(() => 1),
      opened: grafted.map(({ isOpen }) => Number(isOpen)),
      restarts: grafted.map(({ isOpen }) => isOpen),
    }),
    parked: step(recountTasks, { workspaceId, taskIds: [], goalIds: grafted.map(({ id }) => id) }),
  });
}

type Numbered = NewNote & { id: number; actor: string };

async function writeNotes(run: Run, notes: readonly Numbered[], { workspaceId, operation }: Recording): Promise<void> {
  for (const chunk of chunks(notes, chunkSize)) {
    const noteIds = chunk.map(({ id }) => id);
    await run({
      notes: step(restoreNotes, { workspaceId, notes: asJson(chunk) }),
      words: noteWords(workspaceId, chunk),
      events: step(recordNoted, { workspaceId, operation, noteIds }),
    });
  }
}

/** What was imported, under a hash of its own: the IDs of new rows are never those of an earlier import. */
function keptImport({ store: { workspaceId } }: Call, { source, origin }: ForeignImport, report: ImportReport) {
  const contentHash = createHash('sha256')
    .update(writeJson([origin, report.ids]))
    .digest('hex');
  return step(insertImport, { workspaceId, contentHash, source, report: asJson(report) as Json });
}
