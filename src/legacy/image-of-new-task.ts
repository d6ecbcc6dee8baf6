import { asJson, type JsonObject } from '../domain/json.ts';
import type { TaskRow } from './check/types.ts';

/**
 * A new task as history keeps it: to the letter the image that the store's `taskImage` makes of its row, in UTC. Each
 * field is written out. With a spread and added properties, V8 kept each of 100,000 objects until it collected
 * everything: 250 MB.
 */
export function imageOfNewTask(task: TaskRow): JsonObject {
  return {
    id: task.id,
    number: task.number,
    goal_id: task.goal_id,
    description: task.description,
    type: task.type,
    status: task.status,
    priority: task.priority,
    repo: task.repo,
    jira_ticket: task.jira_ticket,
    estimated_effort: task.estimated_effort,
    assigned_tools: task.assigned_tools,
    labels: task.labels ?? [],
    criteria: asJson(task.criteria ?? []),
    due_at: task.due_at == null ? null : asInImages(task.due_at),
    waived: task.waived ?? false,
    defer_until: task.defer_until == null ? null : asInImages(task.defer_until),
    created_at: asInImages(task.created_at),
    completed_at: task.completed_at === null ? null : asInImages(task.completed_at),
    result: task.result,
    revision: 1,
    fence: 0,
    attempts: 0,
    dependencies: task.dependencies,
    places: [...task.dependencies.keys()],
  };
}

/** As PostgreSQL writes an instant into JSON: no zeros at the end of a fraction. */
function asInImages(utc: string): string {
  return utc.replace(/\.?0*Z$/, '+00:00');
}
