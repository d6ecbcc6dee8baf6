import { defineStatement } from '../statement.ts';

// The words that rows are found by, in place of those that they have: src/domain/search-words.ts makes them.

const put = (kind: 'goal' | 'task' | 'note', rows: string) => `
    insert into ${kind}_words (workspace_id, ${kind}_id, block, words)
    select $1, w.id, w.block, w.words::tsvector
    from ${rows}
    on conflict (workspace_id, ${kind}_id) do update
    set words = excluded.words`;

const given = (ids: 'text[]' | 'int8[]') => `unnest($2::${ids}, $3::int4[], $4::text[]) as w (id, block, words)`;
const params = { workspaceId: 'int8', ids: 'text[]', blocks: 'int4[]', words: 'text[]' } as const;

export const putGoalWords = defineStatement({
  name: 'put_goal_words',
  params,
  columns: {},
  text: put('goal', given('text[]')),
});

export const putTaskWords = defineStatement({
  name: 'put_task_words',
  params,
  columns: {},
  text: put('task', given('text[]')),
});

/** A note that is not there, since what it was to be on is not there, gets none. */
export const putNoteWords = defineStatement({
  name: 'put_note_words',
  params: { ...params, ids: 'int8[]' },
  columns: {},
  text: put(
    'note',
    `${given('int8[]')}
    join notes n on n.workspace_id = $1 and n.id = any($2::int8[]) and n.id = w.id`,
  ),
});
