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
 * Tasks, `ids`, may have a new status, by which those of a label are listed. One that gets another status was not ready, or is
 * not: those that are get their mark by moveReadyStarts.
 */
export function followedTaskLabels(ids: string): string {
  return `update task_labels l
      set status = t.status, ready = l.ready and ${isReady('t')}
      from tasks t
      where l.workspace_id = $1 and l.task_id = any(${ids})
        and t.workspace_id = $1 and t.id = l.task_id and l.status <> t.status`;
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
