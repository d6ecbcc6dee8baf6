import { defineStatement } from '../statement.ts';

// What goals are listed by where a repository is asked for: each of their repositories beside their status and priority.
// A change of one of these in `goals` is followed by one of these statements, in the same transaction.

const params = { workspaceId: 'int8', goalIds: 'text[]' } as const;

/** The goals have a new status or priority. */
export const followGoalRepos = defineStatement({
  name: 'follow_goal_repos',
  params,
  columns: {},
  text: `
    update goal_repos r
    set status = g.status, priority = g.priority
    from goals g
    where r.workspace_id = $1
      and r.number = any(array(
        select x.number
        from goals x
        where x.workspace_id = $1 and x.id = any($2::text[])
      ))
      and g.workspace_id = $1 and g.id = any($2::text[]) and g.number = r.number and (r.status, r.priority) is distinct from (g.status, g.priority)`,
});

/** The goals have other repositories, or come back: first these go, then `insertGoalRepos` makes them anew. */
export const deleteGoalRepos = defineStatement({
  name: 'delete_goal_repos',
  params,
  columns: {},
  text: `
    delete from goal_repos r
    where r.workspace_id = $1 and r.number = any(array(
      select g.number
      from goals g
      where g.workspace_id = $1 and g.id = any($2::text[])
    ))`,
});

export const insertGoalRepos = defineStatement({
  name: 'insert_goal_repos',
  params,
  columns: {},
  text: `
    insert into goal_repos (workspace_id, number, repo, status, priority)
    select distinct g.workspace_id, g.number, r.repo, g.status, g.priority
    from goals g
    cross join unnest(g.repos) as r (repo)
    where g.workspace_id = $1 and g.id = any($2::text[])`,
});
