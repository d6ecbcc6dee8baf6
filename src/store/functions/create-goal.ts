import { defineFunction, invoked } from '../function.ts';
import { goalColumns, goalSelect } from '../statements/columns.ts';
import { goalImage } from '../statements/images.ts';
import { insertedGoalLabels } from '../statements/label-pieces.ts';
import { insertedGoalRepos } from '../statements/sql.ts';
import { countSubGoals } from './count-sub-goals.ts';
import { eventColumns, holdWorkspace, operationVariables, recordOperation } from './pieces.ts';

/** Makes a goal. Where it has a parent, the caller has locked that and all above it, and holds the exclusive graph lock. */
export const createGoal = defineFunction({
  name: 'create_goal',
  params: {
    workspaceId: 'int8',
    taskIdLimit: 'int8',
    operation: 'uuid',
    actor: 'text',
    id: 'text',
    number: 'int8',
    description: 'text',
    priority: 'text',
    repos: 'text[]',
    labels: 'text[]',
    dueAt: 'timestamptz?',
    strict: 'bool',
    parentGoalId: 'text?',
    metadata: 'jsonb',
    block: 'int4',
    words: 'text',
  },
  columns: goalColumns,
  declare: operationVariables,
  body: `
${holdWorkspace}
${recordOperation()}
  insert into goals (workspace_id, id, number, description, priority, status, repos, labels, due_at, strict, parent_goal_id, metadata)
  values ($1, p_id, p_number, p_description, p_priority::priority, 'planned', p_repos, p_labels, p_due_at, p_strict, p_parent_goal_id, p_metadata);
  insert into goal_words (workspace_id, goal_id, block, words)
  values ($1, p_id, p_block, p_words::tsvector);
  if p_repos <> '{}' then
    ${insertedGoalRepos('array[p_id]')};
  end if;
  if p_labels <> '{}' then
    ${insertedGoalLabels('array[p_id]')};
  end if;
  insert into events (${eventColumns})
  select $1, operation_seq, 'created', g.id, null, null, ${goalImage('g')}
  from goals g
  where g.workspace_id = $1 and g.id = p_id;
  if p_parent_goal_id is not null then
    perform from ${invoked(countSubGoals, {
      workspaceId: '$1',
      operation: 'operation_seq',
      goalIds: 'array[p_parent_goal_id]',
      totals: 'array[1]',
      opened: 'array[1]',
      restarts: 'array[true]',
    })} as counted;
  end if;
  return query
  select ${goalSelect}
  from goals g
  where g.workspace_id = $1 and g.id = p_id;`,
});
