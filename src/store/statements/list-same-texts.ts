import { defineStatement } from '../statement.ts';

/** Tasks of a goal whose descriptions are among these texts, which are in lower case and have single blanks. */
export const listSameTexts = defineStatement({
  name: 'list_same_texts',
  params: { workspaceId: 'int8', goalId: 'text', texts: 'text[]', limit: 'int8' },
  columns: { id: 'text', status: 'text', text: 'text' },
  text: `
    select s.id, s.status::text, s.text
    from (
      select t.id, t.number, t.status, lower(regexp_replace(btrim(t.description, E' \\n\\r\\t'), '\\s+', ' ', 'g')) as text
      from tasks t
      where t.workspace_id = $1 and t.goal_id = $2
    ) s
    where s.text = any($3::text[])
    order by s.number
    limit $4`,
});
