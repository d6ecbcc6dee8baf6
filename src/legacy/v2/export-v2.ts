import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeJson } from '../../domain/json-text.ts';
import { type Call, read } from '../../service/call.ts';
import { step } from '../../store/database.ts';
import type { Row } from '../../store/statement.ts';
import { exportGoals } from '../../store/statements/export-goals.ts';
import { exportTasks } from '../../store/statements/export-tasks.ts';
import { listCounters } from '../../store/statements/list-counters.ts';
import { cannotWrite } from '../backup/export-json.ts';
import { localFrom, type TimeZone } from '../local-time.ts';
import { timeZoneOf } from './import-v2.ts';
import { v2Files } from './read-directory.ts';

/**
 * Writes the workspace as the files that v2.3 reads, into a directory that has none of them yet: the way back. History
 * and notes stay behind, because v2 has no place for them.
 *
 * @throws GoalAgentError `conflict` when one of the files is there; `invalid` for a time zone that is none.
 */
export async function exportV2(
  call: Call,
  directory: string,
  { timezone }: { timezone?: string | undefined } = {},
): Promise<{ goals: number; tasks: number; timezone: string }> {
  const zone = timeZoneOf(timezone);
  const params = { workspaceId: call.store.workspaceId };
  const { counters, goals, tasks } = await read(call, {
    counters: step(listCounters, params),
    goals: step(exportGoals, params),
    tasks: step(exportTasks, params),
  });
  const last = (kind: string) => (counters.find((counter) => counter.kind === kind)?.next ?? 1) - 1;
  const members = new Map<string, string[]>(goals.map((goal) => [goal.id, []]));
  for (const { id, goal_id } of tasks) members.get(goal_id)?.push(id);
  await write(directory, {
    goals: Object.fromEntries(goals.map((goal) => [goal.id, goalRecord(goal, members.get(goal.id) ?? [], zone)])),
    tasks: Object.fromEntries(tasks.map((task) => [task.id, taskRecord(task, zone)])),
    counters: { goal: last('goal'), task: last('task') },
  });
  return { goals: goals.length, tasks: tasks.length, timezone: zone.name };
}

/** In the order of the fields that v2.3 wrote. */
function goalRecord(goal: Row<typeof exportGoals>, tasks: string[], zone: TimeZone) {
  const { id, description, priority, status, repos, metadata } = goal;
  const [created_at, updated_at] = [localFrom(goal.created_at, zone), localFrom(goal.updated_at, zone)];
  return { id, description, priority, status, repos, tasks, created_at, updated_at, metadata };
}

function taskRecord(task: Row<typeof exportTasks>, zone: TimeZone) {
  const { id, goal_id, description, type, status, priority, dependencies, repo, jira_ticket } = task;
  const { estimated_effort, assigned_tools, result } = task;
  return {
    ...{ id, goal_id, description, type, status, priority, dependencies, repo, jira_ticket, estimated_effort },
    assigned_tools,
    created_at: localFrom(task.created_at, zone),
    updated_at: localFrom(task.updated_at, zone),
    completed_at: task.completed_at === null ? null : localFrom(task.completed_at, zone),
    result,
  };
}

async function write(directory: string, contents: Record<keyof typeof v2Files, unknown>): Promise<void> {
  // only its owner may read it: descriptions and results are nobody else's business
  await mkdir(directory, { recursive: true, mode: 0o700 }).catch((error) => {
    throw cannotWrite(directory, error);
  });
  for (const [kind, name] of Object.entries(v2Files)) {
    const file = path.join(directory, name);
    const text = writeJson(contents[kind as keyof typeof v2Files], 2);
    await writeFile(file, text, { flag: 'wx', mode: 0o600 }).catch((error) => {
      throw cannotWrite(file, error);
    });
  }
}
