import { z } from 'zod';
import { NewCriteria } from './criteria-input.ts';
import type { NewCriterion } from './criterion-text.ts';
import { formatEffort, MAX_EFFORT_MINUTES, parseEffort } from './effort.ts';
import { GoalAgentError } from './errors.ts';
import { describeCycle } from './graph/describe-cycle.ts';
import { findShortestCycle } from './graph/find-shortest-cycle.ts';
import { parseTaskId } from './ids.ts';
import { Labels } from './labels.ts';
import { limits } from './limits.ts';
import { Priority } from './priority.ts';
import { text } from './text.ts';
import { DeferUntil, DueAt } from './when.ts';

/** An effort that can be read; it is stored as it was written. */
export const Effort = text().refine((value) => parseEffort(value) !== undefined, {
  error: `is not an effort of at most ${formatEffort(MAX_EFFORT_MINUTES)}; write a number and m, h, d or w, such as 30m, 4h, 2d or 1w`,
});

/** A new task of a goal, as a caller gives it. */
export interface Subtask {
  description: string;
  type: string;
  priority: Priority;
  repo: string | null;
  jira_ticket: string | null;
  estimated_effort: string | null;
  tools: string[];
  labels?: string[] | undefined;
  criteria?: NewCriterion[] | undefined;
  due_at?: string | null | undefined;
  /** The task begins as deferred, until then. */
  defer_until?: string | null | undefined;
  /** IDs of tasks that exist, `#n` for the n-th subtask of the same call, or another subtask's `key`. */
  dependencies: string[];
  key?: string | undefined;
}

/**
 * The dependencies of a subtask: other subtasks of the call by their place (from 0), and existing tasks by their ID.
 */
export interface SubtaskDependencies {
  /** In the order in which the caller named them, each once. */
  inOrder: (number | string)[];
}

/**
 * Turns the references of a call's subtasks into places and IDs.
 *
 * @throws GoalAgentError `invalid` for a key used twice, a reference that means nothing, a subtask that depends on
 *   itself, more than 200 dependencies, or a cycle, which it names.
 */
export function resolveSubtaskDependencies(subtasks: readonly Subtask[]): SubtaskDependencies[] {
  const placeOfKey = placesByKey(subtasks);
  const resolved = subtasks.map((subtask, place) => {
    const inOrder = [...new Set(subtask.dependencies.map((each) => resolve(each, place, placeOfKey, subtasks.length)))];
    if (inOrder.includes(place))
      throw invalid(`subtask ${nameOf(subtasks, place)} depends on itself; remove that dependency.`);
    return { inOrder };
  });
  refuseCycle(subtasks, resolved);
  return resolved;
}

function placesByKey(subtasks: readonly Subtask[]): Map<string, number> {
  const places = new Map<string, number>();
  subtasks.forEach(({ key }, place) => {
    if (key === undefined) return;
    const earlier = places.get(key);
    if (earlier !== undefined) {
      throw invalid(`the key "${key}" is used by subtasks #${earlier + 1} and #${place + 1}; give each its own.`);
    }
    places.set(key, place);
  });
  return places;
}

function resolve(reference: string, place: number, placeOfKey: Map<string, number>, count: number): number | string {
  const keyed = placeOfKey.get(reference);
  if (keyed !== undefined) return keyed;
  const numbered = /^\s*#(\d+)\s*$/.exec(reference)?.[1];
  if (numbered !== undefined) {
    const index = Number(numbered) - 1;
    if (index >= 0 && index < count) return index;
    throw invalid(
      `subtask #${place + 1} depends on ${reference.trim()}, but this call has the subtasks #1 to #${count}.`,
    );
  }
  const id = parseTaskId(reference);
  if (id !== undefined) return id;
  throw invalid(
    `subtask #${place + 1} depends on "${reference}", which is no task ID (TASK-0001), no place in this call (#1) and no other subtask's key.`,
  );
}

function refuseCycle(subtasks: readonly Subtask[], resolved: readonly SubtaskDependencies[]): void {
  const names = subtasks.map((_, place) => nameOf(subtasks, place));
  const edges = resolved.flatMap(({ inOrder }, place) =>
    inOrder.flatMap((each) =>
      typeof each === 'number' ? [{ taskId: names[place] as string, dependsOnId: names[each] as string }] : [],
    ),
  );
  const cycle = findShortestCycle(names, edges);
  if (cycle !== undefined) {
    throw invalid(`these subtasks wait for each other: ${describeCycle(cycle)}. Remove one of these dependencies.`);
  }
}

function nameOf(subtasks: readonly Subtask[], place: number): string {
  const key = subtasks[place]?.key;
  return key === undefined ? `#${place + 1}` : `#${place + 1} (${key})`;
}

function invalid(message: string): GoalAgentError {
  return new GoalAgentError('invalid', `Nothing was created: ${message}`);
}

/** The shape of a subtask in a call. A key may not look like another kind of reference. */
export const subtaskFields = {
  description: text(limits.description),
  type: text(),
  priority: Priority,
  repo: text().nullable(),
  jira_ticket: text().nullable(),
  estimated_effort: Effort.nullable(),
  tools: z.array(text()).max(limits.listEntries),
  labels: Labels,
  criteria: NewCriteria,
  due_at: DueAt,
  defer_until: DeferUntil,
  dependencies: z.array(text()).max(limits.dependenciesPerTask),
  key: text().refine((key) => !key.startsWith('#') && parseTaskId(key) === undefined, {
    error: 'looks like a place or a task ID; choose another key',
  }),
};
