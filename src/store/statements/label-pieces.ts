import { isReady } from './sql.ts';

// What goals and tasks are listed and claimed by where a label is asked for (docs/decisions/labels.md). A change of `labels`
// is followed by one of these, in the same transaction. `ids` is a piece of SQL.

/** The labels of tasks, `ids`, that are new or have none here. */
export function insertedTaskLabels(ids: string): string {
  return `insert into task_labels (workspace_id, task_id, label, number, priority, status, ready)
    select t.workspace_id, t.id, l.label, t.number, t.priority, t.status, ${isReady('t')}
    from tasks t
    cross join unnest(t.labels) as l (label)
    where t.workspace_id = $1 and t.id = any(${ids})
    on conflict do nothing`;
}

export function deletedTaskLabels(ids: string): string {
  return `delete from task_labels l
    where l.workspace_id = $1 and l.task_id = any(${ids})`;
}

/**
 * Tasks, `ids`, or all of the workspace, have changed: by their labels they are listed and claimed as they are now. A mark that
 * is wrong since something else changed may stay (docs/decisions/labels.md).
 */
export function followedTaskLabels(ids?: string): string {
  return `update task_labels l
      set status = t.status, priority = t.priority, ready = ${isReady('t')}
      from tasks t
      where l.workspace_id = $1${ids === undefined ? '' : ` and l.task_id = any(${ids})`}
        and t.workspace_id = $1 and t.id = l.task_id
        and ((l.status, l.priority) is distinct from (t.status, t.priority) or not l.ready and ${isReady('t')})`;
}

/** The labels of goals, `ids`, that are new or have none here. */
export function insertedGoalLabels(ids: string): string {
  return `insert into goal_labels (workspace_id, number, label, status, priority)
    select g.workspace_id, g.number, l.label, g.status, g.priority
    from goals g
    cross join unnest(g.labels) as l (label)
    where g.workspace_id = $1 and g.id = any(${ids})
    on conflict do nothing`;
}
