import { defineFunction } from '../function.ts';
import { eventColumns, operationVariables, recordOperation } from './pieces.ts';

/**
 * A note on a task, and with it on the task's goal; or on a goal. No row where there is no such thing. What gets a note
 * stays where it is until the note is written: a task does not move to another goal, and neither is deleted.
 */
export const addNote = defineFunction({
  name: 'add_note',
  params: {
    workspaceId: 'int8',
    operation: 'uuid',
    actor: 'text',
    id: 'int8',
    taskId: 'text?',
    goalId: 'text?',
    text: 'text',
    block: 'int4',
    words: 'text',
  },
  columns: {
    id: 'int8',
    goal_id: 'text',
    task_id: 'text?',
    actor: 'text',
    text: 'text',
    created_at: 'timestamptz',
  },
  declare: { ...operationVariables, noted_goal: 'text' },
  body: `
  if p_task_id is null then
    select g.id into noted_goal
    from goals g
    where g.workspace_id = $1 and g.id = p_goal_id
    for share;
  else
    select t.goal_id into noted_goal
    from tasks t
    where t.workspace_id = $1 and t.id = p_task_id
    for share;
  end if;
  if noted_goal is null then
    return;
  end if;
${recordOperation()}
  insert into notes (workspace_id, id, goal_id, task_id, actor, text, created_at)
  values ($1, p_id, noted_goal, p_task_id, p_actor, p_text, clock_timestamp());
  insert into note_words (workspace_id, note_id, block, words)
  values ($1, p_id, p_block, p_words::tsvector);
  insert into events (${eventColumns})
  select $1, operation_seq, 'noted', n.goal_id, n.task_id, null, to_jsonb(n) - 'workspace_id'
  from notes n
  where n.workspace_id = $1 and n.id = p_id;
  return query
  select n.id, n.goal_id, n.task_id, n.actor, n.text, n.created_at
  from notes n
  where n.workspace_id = $1 and n.id = p_id;`,
});
