import { defineStatement } from '../statement.ts';

// The words that rows are found by, in place of those that they have: src/domain/search-words.ts makes them.

export const putGoalWords = defineStatement({
  name: 'put_goal_words',
  params: { workspaceId: 'int8', ids: 'text[]', blocks: 'int4[]', words: 'text[]' },
  columns: {},
  text: `
    insert into goal_words (workspace_id, goal_id, block, words)
    select $1, n.id, n.block, n.words::tsvector
    from unnest($2::text[], $3::int4[], $4::text[]) as n (id, block, words)
    on conflict (workspace_id, goal_id) do update
    set words = excluded.words`,
});

export const putTaskWords = defineStatement({
  name: 'put_task_words',
  params: { workspaceId: 'int8', ids: 'text[]', blocks: 'int4[]', words: 'text[]' },
  columns: {},
  text: `
    insert into task_words (workspace_id, task_id, block, words)
    select $1, n.id, n.block, n.words::tsvector
    from unnest($2::text[], $3::int4[], $4::text[]) as n (id, block, words)
    on conflict (workspace_id, task_id) do update
    set words = excluded.words`,
});

/** A note that is not there, since what it was to be on is not there, gets none. */
export const putNoteWords = defineStatement({
  name: 'put_note_words',
  params: { workspaceId: 'int8', ids: 'int8[]', blocks: 'int4[]', words: 'text[]' },
  columns: {},
  text: `
    insert into note_words (workspace_id, note_id, block, words)
    select $1, n.id, w.block, w.words::tsvector
    from unnest($2::int8[], $3::int4[], $4::text[]) as w (id, block, words)
    join notes n on n.workspace_id = $1 and n.id = w.id
    on conflict (workspace_id, note_id) do update
    set words = excluded.words`,
});
