import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { isClosedGoal } from '../../domain/closed-goal.ts';
import { isClosedTask } from '../../domain/closed-task.ts';
import { GoalAgentError } from '../../domain/errors.ts';
import { asJson } from '../../domain/json.ts';
import { limits } from '../../domain/limits.ts';
import { type Call, transact } from '../../service/call.ts';
import { type Step, step } from '../../store/database.ts';
import { violatedConstraint } from '../../store/failures.ts';
import { forgetReadyStarts } from '../../store/functions/move-ready-starts.ts';
import { findAnyRow } from '../../store/statements/find-any-row.ts';
import { findWorkspaceById } from '../../store/statements/find-workspace-by-id.ts';
import { importGoals } from '../../store/statements/import-goals.ts';
import { importTasks } from '../../store/statements/import-tasks.ts';
import { insertDependencies } from '../../store/statements/insert-dependencies.ts';
import { insertGoalLabels, insertTaskLabels } from '../../store/statements/labels.ts';
import { lockGraphExclusive } from '../../store/statements/lock-graph.ts';
import { raiseCounters } from '../../store/statements/raise-counters.ts';
import { raiseHistoryNumbers, restoreEvents, restoreOperations } from '../../store/statements/restore-history.ts';
import { restoreImports } from '../../store/statements/restore-imports.ts';
import { restoreNotes } from '../../store/statements/restore-notes.ts';
import { restoreTemplates } from '../../store/statements/restore-templates.ts';
import { moveGoals, restoreClaims } from '../../store/statements/undo-writes.ts';
import { workspaceIsGone } from '../../store/workspace-is-gone.ts';
import { noteWords, searchedGoals, taskWords } from '../../store/write-words.ts';
import { deriveColumns } from '../check/goal-tasks.ts';
import { chunks } from '../chunks.ts';
import { JsonTextError, parseJson } from '../json-text.ts';
import type { Exported } from './export-json.ts';
import { ExportedWorkspace, formatName, formatVersion } from './format.ts';

const chunkSize = 500;

/**
 * Restores an export into an empty workspace, with its history, times and numbers.
 *
 * @throws GoalAgentError `invalid` for a file that is no export, or contradicts itself; `conflict` when the workspace
 *   holds something. Nothing was written then.
 */
export async function importJson(call: Call, file: string): Promise<Exported> {
  const exported = await readExport(file);
  const { workspaceId } = call.store;
  try {
    await transact(
      call,
      async (run) => {
        const { workspace, present } = await run({
          locked: step(lockGraphExclusive, { workspaceId }),
          workspace: step(findWorkspaceById, { workspaceId }),
          present: step(findAnyRow, { workspaceId }),
        });
        if (workspace.length === 0) throw workspaceIsGone();
        if (present.length > 0) throw notEmpty(call.store.workspace);
        for (const restored of restoring(workspaceId, exported)) await run({ restored });
      },
      { rows: exported.tasks.length, isPatient: true },
    );
  } catch (error) {
    const constraint = violatedConstraint(error);
    if (constraint === undefined) throw error;
    throw new GoalAgentError('invalid', `${file} contradicts itself (${constraint}). Nothing was imported.`, {
      cause: error,
    });
  }
  const { goals, tasks, notes, events, imports } = exported;
  return {
    goals: goals.length,
    tasks: tasks.length,
    notes: notes.length,
    events: events.length,
    imports: imports.length,
  };
}

/** The statements that write an export, in an order that the foreign keys allow. */
function* restoring(workspaceId: number, exported: ExportedWorkspace): Iterable<Step> {
  const { goals, tasks } = withDerivedColumns(exported);
  for (const chunk of chunks(goals, chunkSize)) yield step(importGoals, { workspaceId, goals: asJson(chunk) });
  // a goal may come before its parent, and in another chunk
  const nested = goals.filter(({ parent_goal_id }) => parent_goal_id !== null);
  for (const chunk of chunks(nested, chunkSize))
    yield step(moveGoals, {
      workspaceId,
      ids: chunk.map(({ id }) => id),
      parents: chunk.map(({ parent_goal_id }) => parent_goal_id ?? ''),
    });
  for (const chunk of chunks(tasks, chunkSize)) yield step(importTasks, { workspaceId, tasks: asJson(chunk) });
  for (const chunk of chunks(exported.goals, chunkSize)) yield* Object.values(searchedGoals(workspaceId, chunk));
  for (const chunk of chunks(exported.tasks, chunkSize)) yield taskWords(workspaceId, chunk);
  for (const chunk of chunks(exported.tasks, chunkSize)) {
    const edges = chunk.flatMap(({ id, dependencies }) =>
      dependencies.map((dependency, place) => ({ id, dependency, place })),
    );
    yield step(insertDependencies, {
      workspaceId,
      taskIds: edges.map((edge) => edge.id),
      dependsOnIds: edges.map((edge) => edge.dependency),
      places: edges.map((edge) => edge.place),
    });
  }
  for (const chunk of chunks(exported.notes, chunkSize)) yield step(restoreNotes, { workspaceId, notes: chunk });
  for (const chunk of chunks(exported.notes, chunkSize)) yield noteWords(workspaceId, chunk);
  for (const chunk of chunks(exported.operations, chunkSize))
    yield step(restoreOperations, { workspaceId, operations: chunk });
  for (const chunk of chunks(exported.events, chunkSize))
    yield step(restoreEvents, { workspaceId, events: asJson(chunk) });
  for (const chunk of chunks(exported.imports, chunkSize))
    yield step(restoreImports, { workspaceId, imports: asJson(chunk) });
  for (const chunk of chunks(exported.templates, chunkSize))
    yield step(restoreTemplates, { workspaceId, templates: asJson(chunk) });
  const claims = exported.tasks.filter((task) => task.claimed_by !== null);
  for (const chunk of chunks(claims, chunkSize)) yield step(restoreClaims, { workspaceId, claims: asJson(chunk) });
  for (const chunk of chunks(
    goals.filter(({ labels }) => labels.length > 0),
    chunkSize,
  ))
    yield step(insertGoalLabels, { workspaceId, goalIds: chunk.map(({ id }) => id) });
  for (const chunk of chunks(
    tasks.filter(({ labels }) => labels.length > 0),
    chunkSize,
  ))
    yield step(insertTaskLabels, { workspaceId, taskIds: chunk.map(({ id }) => id) });
  yield step(forgetReadyStarts.call, { workspaceId });
  yield step(raiseHistoryNumbers, { last: exported.events.reduce((last, event) => Math.max(last, event.seq), 0) });
  const counters = Object.entries(exported.counters);
  yield step(raiseCounters, {
    workspaceId,
    kinds: counters.map(([kind]) => kind),
    nexts: counters.map(([, next]) => next),
  });
}

/** The values that the store derives are no part of an export; therefore they cannot be wrong. */
function withDerivedColumns({ goals, tasks }: ExportedWorkspace) {
  const rows = tasks.map((task) => ({ ...task, open_dependencies: 0, parked: false, exists: false }));
  const statuses = new Map(goals.map(({ id, status }) => [id, status as string]));
  const satisfied = new Set(tasks.filter(({ status, waived }) => status === 'completed' || waived).map(({ id }) => id));
  const parents = new Map(goals.map(({ id, parent_goal_id }) => [id, parent_goal_id]));
  const shut = new Map(goals.map(({ id }) => [id, statusAbove(id, statuses, parents)]));
  deriveColumns(rows, { goal: (id) => shut.get(id) ?? '', satisfies: (id) => satisfied.has(id) });
  const none = { total_tasks: 0, open_tasks: 0, total_goals: 0, open_goals: 0 };
  const counts = new Map(goals.map((goal) => [goal.id, { ...none }]));
  for (const { status, parent_goal_id } of goals) {
    const count = parent_goal_id === null ? undefined : counts.get(parent_goal_id);
    if (count === undefined) continue; // the foreign key refuses one that is not there
    count.total_goals += 1;
    count.open_goals += isClosedGoal(status) ? 0 : 1;
  }
  for (const { goal_id, status } of tasks) {
    const count = counts.get(goal_id);
    if (count === undefined) continue; // the foreign key refuses it
    count.total_tasks += 1;
    count.open_tasks += isClosedTask(status) ? 0 : 1;
  }
  return { goals: goals.map((goal) => ({ ...goal, ...counts.get(goal.id) })), tasks: rows };
}

/** The status that a goal's tasks are parked by: its own, or that of a closed goal above it. */
function statusAbove(goalId: string, statuses: Map<string, string>, parents: Map<string, string | null>): string {
  const above: string[] = [];
  for (let id: string | null = goalId; id !== null; id = parents.get(id) ?? null) {
    above.push(statuses.get(id) ?? '');
    if (above.length > limits.goalLevels) {
      throw new GoalAgentError(
        'invalid',
        `${goalId} is a part of itself, or has more than ${limits.goalLevels - 1} goals above it. Nothing was imported.`,
      );
    }
  }
  return above.find(isClosedGoal) ?? above[0] ?? '';
}

async function readExport(file: string): Promise<ExportedWorkspace> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new GoalAgentError('invalid', `${file} cannot be read (${error.code}). Nothing was imported.`, {
      cause: error,
    });
  });
  try {
    const { value } = parseJson(text);
    const parsed = ExportedWorkspace.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new GoalAgentError('invalid', `${file} ${whatIsWrong(value, parsed.error)}. Nothing was imported.`);
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    throw new GoalAgentError(
      'invalid',
      `${file}, line ${error.line}, column ${error.column}: ${error.message}. Nothing was imported.`,
    );
  }
}

function whatIsWrong(value: unknown, error: z.ZodError): string {
  const { format, version } = (value ?? {}) as { format?: unknown; version?: unknown };
  if (format !== formatName) return 'is no export of goal-agent (goal-agent export json writes one)';
  if (typeof version === 'number' && version > formatVersion) {
    return `was written by a newer version (format ${version}; this one reads ${formatVersion}): install that version`;
  }
  const [issue] = error.issues;
  return `does not match the format: ${issue?.path.join('.')}: ${issue?.message}`;
}

function notEmpty(workspace: string): GoalAgentError {
  return new GoalAgentError(
    'conflict',
    `The workspace ${workspace} holds goals or history already, and was not touched. Set GOAL_AGENT_WORKSPACE to a new name, or use an empty database.`,
  );
}
