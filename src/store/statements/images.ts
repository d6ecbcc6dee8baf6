// Rows as history keeps them. Each piece of SQL takes the alias of its table, and reads the workspace from $1.

/** What follows from other rows, or from the change itself: not a part of what history keeps of a task. */
const taskBookkeeping = `'{workspace_id,updated_at,open_dependencies,parked}'::text[]`;

/** A task's row as history keeps it, `t`: what was given of it, and the tasks that it depends on, each with its place. */
export function taskImage(alias: string): string {
  return `to_jsonb(${alias}) - ${taskBookkeeping} || ${dependenciesJson(alias)}`;
}

/** A deleted task's row as history keeps it: also who held it, its notes and who depended on it, since those go with it. */
export function deletedTaskImage(alias: string): string {
  return `${taskImage(alias)} || ${claimJson(alias)} || jsonb_build_object('dependents', coalesce((
      select jsonb_agg(jsonb_build_object('task_id', d.task_id, 'place', d.place) order by d.task_id)
      from task_dependencies d
      where d.workspace_id = $1 and d.depends_on_id = ${alias}.id), '[]'::jsonb),
      'notes', ${notesJson(`n.task_id = ${alias}.id`)})`;
}

/** A goal's row as history keeps it. */
export function goalImage(alias: string): string {
  return `to_jsonb(${alias}) - '{workspace_id,updated_at}'::text[]`;
}

/** A deleted goal's row as history keeps it: also its own notes. Its tasks' are in the images of those. */
export function deletedGoalImage(alias: string): string {
  return `${goalImage(alias)} || jsonb_build_object('notes', ${notesJson(`n.goal_id = ${alias}.id and n.task_id is null`)})`;
}

/** How a goal stands, as every event of it has it: an undo has to know. `other` is the version that the event has beside it. */
export function goalState(alias: string, other: string): string {
  const columns = (...names: string[]) =>
    `jsonb_build_object(${names.map((name) => `'${name}', ${alias}.${name}`).join(', ')})`;
  return `${columns('status', 'total_tasks', 'open_tasks')}
      || case when ${isNested(alias)} or ${isNested(other)} then ${columns('total_goals', 'open_goals', 'parent_goal_id')} else '{}' end`;
}

/** Whether a goal has a parent or sub-goals. */
function isNested(alias: string): string {
  return `${alias}.total_goals > 0 or ${alias}.parent_goal_id is not null`;
}

/** Of a goal's row, what differs from another version of it, and how its tasks stood. */
export function goalChange(alias: string, other: string): string {
  return `(
      select jsonb_object_agg(k.key, k.value)
      from jsonb_each(to_jsonb(${alias}) - '{workspace_id,updated_at,revision}'::text[]) as k
      where k.key in ('status', 'total_tasks', 'open_tasks') or k.value <> to_jsonb(${other}) -> k.key
        or k.key in ('total_goals', 'open_goals', 'parent_goal_id') and (${isNested(alias)} or ${isNested(other)}))`;
}

/** Who holds a task, as an object for its image. */
function claimJson(alias: string): string {
  return `coalesce((
      select jsonb_build_object('claimed_by', c.holder, 'lease_expires_at', c.expires_at)
      from claims c
      where c.workspace_id = $1 and c.task_id = ${alias}.id), '{"claimed_by": null, "lease_expires_at": null}')`;
}

function notesJson(condition: string): string {
  return `coalesce((
      select jsonb_agg(to_jsonb(n) - 'workspace_id' order by n.id)
      from notes n
      where n.workspace_id = $1 and ${condition}), '[]'::jsonb)`;
}

function dependenciesJson(alias: string): string {
  return `(
      select jsonb_build_object('dependencies', coalesce(jsonb_agg(d.depends_on_id order by d.place), '[]'::jsonb),
        'places', coalesce(jsonb_agg(d.place order by d.place), '[]'::jsonb))
      from task_dependencies d
      where d.workspace_id = $1 and d.task_id = ${alias}.id)`;
}
