import { limits } from '../../domain/limits.ts';
import { TaskStatus } from '../../domain/task-status.ts';
import { numberIn } from './assign-ids.ts';
import { filledIn, priorityChoice } from './goal-row.ts';
import type { RecordReader } from './record-reader.ts';
import type { TaskNode, TaskRow } from './types.ts';

const statusChoice = { words: TaskStatus, fallback: 'pending', kind: 'unknown_status' } as const;

/** The fields of a task in v2 and the Python v3.0. */
const taskFields = new Set([
  'id',
  'goal_id',
  'description',
  'type',
  'status',
  'priority',
  'dependencies',
  'repo',
  'jira_ticket',
  'estimated_effort',
  'assigned_tools',
  'created_at',
  'updated_at',
  'completed_at',
  'result',
]);

/**
 * A task's place among the other tasks, from the head of its record, before its goal and its dependencies are found.
 */
export function taskNode(reader: RecordReader, { key, exists }: { key: string; exists: boolean }): TaskNode {
  return {
    key,
    id: reader.id,
    number: numberIn('task', reader.id) ?? 0,
    goal_id: '',
    status: reader.oneOf('status', statusChoice),
    dependencies: [],
    open_dependencies: 0,
    parked: false,
    exists,
  };
}

/**
 * The whole row of a task, from its record. Each field is written out, because V8 keeps the objects that a spread makes
 * of 100,000 tasks.
 */
export function taskRow(node: TaskNode, reader: RecordReader, now: string): TaskRow {
  const times = timesOf(reader, now);
  const row = {
    id: node.id,
    number: node.number,
    goal_id: node.goal_id,
    description: reader.text('description', { max: limits.description, fallback: '(no description)' }),
    type: reader.text('type', { max: limits.shortText, fallback: 'general' }),
    status: node.status,
    priority: reader.oneOf('priority', priorityChoice),
    repo: reader.optionalText('repo'),
    jira_ticket: reader.optionalText('jira_ticket'),
    estimated_effort: reader.optionalText('estimated_effort'),
    assigned_tools: reader.texts('assigned_tools'),
    created_at: times.created,
    updated_at: times.updated,
    completed_at: completedAt(reader, node.status, times),
    result: reader.json('result', reader.raw('result') ?? null, null),
    dependencies: node.dependencies,
    open_dependencies: node.open_dependencies,
    parked: node.parked,
    exists: node.exists,
  };
  for (const [field, value] of reader.extraFields(taskFields))
    reader.report('extra_field', field, `${field} is kept here only`, value);
  return row;
}

interface Times {
  created: string;
  updated: string;
  completed: string | undefined;
}

function timesOf(reader: RecordReader, now: string): Times {
  const [created, updated, completed] = [
    reader.time('created_at'),
    reader.time('updated_at'),
    reader.time('completed_at'),
  ];
  const first = created ?? filledIn(reader, 'created_at', updated ?? completed ?? now);
  return { created: first, updated: updated ?? filledIn(reader, 'updated_at', first), completed };
}

/** Set for completed tasks and for no others; the schema enforces that. */
function completedAt(reader: RecordReader, status: TaskStatus, { updated, completed }: Times): string | null {
  if (status === 'completed' && completed === undefined) {
    reader.report(
      'completed_at',
      'completed_at',
      `the task is completed and had no completed_at; it is now ${updated}`,
    );
    return updated;
  }
  if (status !== 'completed' && completed !== undefined) {
    reader.report(
      'completed_at',
      'completed_at',
      `the task is ${status}, so it has no completed_at`,
      reader.raw('completed_at'),
    );
    return null;
  }
  return completed ?? null;
}
