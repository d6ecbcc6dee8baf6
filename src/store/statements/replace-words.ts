import { defineStatement } from '../statement.ts';
import { replacedWords } from './sql.ts';

// Words of what changed of a row whose lock is held. Those of the weights in `keptWeights` stay.

export const replaceTaskWords = defineStatement({
  name: 'replace_task_words',
  params: { workspaceId: 'int8', taskId: 'text', keptWeights: 'text[]', words: 'text' },
  columns: {},
  text: `
    update task_words w
    set words = ${replacedWords('$3::text[]', '$4::text')}
    where w.workspace_id = $1 and w.task_id = $2`,
});

/** Of results that the tasks have now: a change that was refused changes no words. `results` is a list of {task_id, result, words}. */
export const replaceResultWords = defineStatement({
  name: 'replace_result_words',
  params: { workspaceId: 'int8', results: 'jsonb', keptWeights: 'text[]' },
  columns: {},
  text: `
    with given as materialized (
      select r.task_id, r.result, r.words
      from jsonb_to_recordset($2::jsonb) as r (task_id text, result jsonb, words text)
    ),
    present as materialized (
      select t.id, t.result
      from tasks t
      where t.workspace_id = $1 and t.id = any(array(select g.task_id from given g))
      order by t.number
      for no key update
    )
    update task_words w
    set words = ${replacedWords('$3::text[]', 'g.words')}
    from given g
    join present p on p.id = g.task_id and p.result is not distinct from g.result
    where w.workspace_id = $1 and w.task_id = g.task_id and w.task_id = any(array(select x.task_id from given x))`,
});
