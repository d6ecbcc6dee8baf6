import { defineFunction } from '../function.ts';
import { goalColumns, goalSelect } from '../statements/columns.ts';
import { goalImage } from '../statements/images.ts';
import { insertedGoalLabels } from '../statements/label-pieces.ts';
import { insertedGoalRepos } from '../statements/sql.ts';
import { eventColumns, holdWorkspace, operationVariable, recordOperation } from './pieces.ts';

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
    metadata: 'jsonb',
    block: 'int4',
    words: 'text',
  },
  columns: goalColumns,
  declare: operationVariable,
  body: `
${holdWorkspace}
${recordOperation()}
  insert into goals (workspace_id, id, number, description, priority, status, repos, labels, due_at, strict, metadata)
  values ($1, p_id, p_number, p_description, p_priority::priority, 'planned', p_repos, p_labels, p_due_at, p_strict, p_metadata);
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
  return query
  select ${goalSelect}
  from goals g
  where g.workspace_id = $1 and g.id = p_id;`,
});
