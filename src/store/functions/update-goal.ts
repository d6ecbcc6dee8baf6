import { defineFunction, invoked } from '../function.ts';
import { goalColumns, goalSelect } from '../statements/columns.ts';
import { isOpenGoal, reparked, subtreeOf } from '../statements/goal-tree-pieces.ts';
import { goalChange } from '../statements/images.ts';
import { insertedGoalLabels } from '../statements/label-pieces.ts';
import {
  deletedGoalEntries,
  followedGoals,
  hasUnmetCriteria,
  insertedGoalRepos,
  isClosedStatus,
  isOpen,
  tasksOfGoal,
} from '../statements/sql.ts';
import { countSubGoals } from './count-sub-goals.ts';
import {
  eventColumns,
  lockGraphExclusive,
  lockUpward,
  moveReadyStarts,
  operationVariables,
  recordOperation,
  replaceWords,
  wordsParams,
} from './pieces.ts';

/**
 * Changes a goal; no row where there is none. Null leaves a column as it is; `metadata` is merged in, then the keys of
 * `removedKeys` are taken out. To close or open a goal changes its tasks too, so it must not meet those who change tasks and
 * then the goal. A new parent is one that its caller has looked at, under the same lock.
 */
export const updateGoal = defineFunction({
  name: 'update_goal',
  params: {
    workspaceId: 'int8',
    taskIdLimit: 'int8',
    operation: 'uuid',
    actor: 'text',
    goalId: 'text',
    description: 'text?',
    priority: 'text?',
    status: 'text?',
    repos: 'text[]?',
    labels: 'text[]?',
    changesDueAt: 'bool',
    dueAt: 'timestamptz?',
    strict: 'bool?',
    changesParent: 'bool',
    parentGoalId: 'text?',
    metadata: 'jsonb',
    removedKeys: 'text[]',
    ...wordsParams,
  },
  columns: goalColumns,
  declare: {
    ...operationVariables,
    was: 'goals',
    at: 'timestamptz',
    parents: 'text[]',
    was_open: 'int4',
    is_open: 'int4',
    below: 'text[]',
    new_priority: 'priority := p_priority::priority',
    new_status: 'goal_status := p_status::goal_status',
  },
  body: `
  if p_status is not null or p_changes_parent then
  ${lockGraphExclusive}
  end if;
  select g.* into was
  from goals g
  where g.workspace_id = $1 and g.id = p_goal_id
  for no key update;
  if not found then
    return;
  end if;
  -- quoted, since strict is a word of PL/pgSQL
  if p_status = 'completed' and was.status <> 'completed' and coalesce(p_strict, was."strict") then
    if exists (
      select from ${tasksOfGoal('p_goal_id')}
      where ${isOpen('t')} and ${hasUnmetCriteria('t')}
    ) then
      raise check_violation using constraint = 'goals_strict_criteria_met', message = 'not all criteria are met';
    end if;
  end if;
  parents := array_remove(array[was.parent_goal_id, case when p_changes_parent then p_parent_goal_id end], null);
  if parents <> '{}' and (p_status is not null or p_changes_parent) then
    ${lockUpward('parents')}
  end if;
${recordOperation()}
  at := clock_timestamp();
  update goals g
  set description = coalesce(p_description, g.description),
    priority = coalesce(new_priority, g.priority),
    status = coalesce(new_status, g.status),
    repos = coalesce(p_repos, g.repos),
    labels = coalesce(p_labels, g.labels),
    due_at = case when p_changes_due_at then p_due_at else g.due_at end,
    strict = coalesce(p_strict, g.strict),
    parent_goal_id = case when p_changes_parent then p_parent_goal_id else g.parent_goal_id end,
    metadata = (g.metadata || p_metadata) - p_removed_keys,
    updated_at = at,
    revision = g.revision + 1
  where g.workspace_id = $1 and g.id = p_goal_id;
${replaceWords('goal_words', 'goal_id')}
  if p_repos is not null then
    ${deletedGoalEntries('goal_repos', 'array[p_goal_id]')};
    ${insertedGoalRepos('array[p_goal_id]')};
  elsif p_status is not null or p_priority is not null then
    ${followedGoals('array[p_goal_id]')};
  end if;
  if p_labels is not null then
    ${deletedGoalEntries('goal_labels', 'array[p_goal_id]')};
    ${insertedGoalLabels('array[p_goal_id]')};
  end if;
  if p_status is not null or p_changes_parent then
    below := ${subtreeOf('array[p_goal_id]')};
    ${reparked('below')};
    if p_changes_parent or not (${isClosedStatus('p_status')}) then
      ${moveReadyStarts('t.goal_id = any(below)')}
    end if;
  end if;
  insert into events (${eventColumns})
  select $1, operation_seq, 'updated', x.id, null, x.before, x.after
  from (
    select g.id, ${goalChange('was', 'g')} as before, ${goalChange('g', 'was')} as after
    from goals g
    where g.workspace_id = $1 and g.id = p_goal_id
    offset 0
  ) x;
  if parents <> '{}' and (p_status is not null or p_changes_parent) then
    was_open := (${isOpenGoal('was')})::int4;
    is_open := (not (${isClosedStatus('coalesce(new_status, was.status)')}))::int4;
    perform from ${invoked(countSubGoals, {
      workspaceId: '$1',
      operation: 'operation_seq',
      goalIds:
        'array[was.parent_goal_id, case when p_changes_parent then p_parent_goal_id else was.parent_goal_id end]',
      totals: 'array[-1, 1]',
      opened: 'array[-was_open, is_open]',
      restarts: 'array[false, is_open = 1 and (p_changes_parent or was_open = 0)]',
    })} as counted;
  end if;
  return query
  select ${goalSelect}
  from goals g
  where g.workspace_id = $1 and g.id = p_goal_id;`,
});
