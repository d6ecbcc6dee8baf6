-- The words that goals, tasks and notes are found by, in tables of their own: who changes a status, a claim or a lease
-- writes none of them. The program makes the words (src/domain/search-words.ts), and fills these tables for the rows
-- that are there, in the transaction of this migration. Each word begins with its workspace and block, so each tenant has
-- lists of its own, without an extension; docs/decisions/search.md has the figures.

drop index tasks_search, goals_search, notes_search, goals_of_repo;

create table goal_words (
  workspace_id bigint not null,
  goal_id text not null,
  block integer not null, -- of the goal's number; it is in the words, too
  words tsvector not null,
  constraint goal_words_pkey primary key (workspace_id, goal_id),
  constraint goal_words_goal_exists foreign key (workspace_id, goal_id) references goals (workspace_id, id) on delete cascade
);

create table task_words (
  workspace_id bigint not null,
  task_id text not null,
  block integer not null,
  words tsvector not null,
  constraint task_words_pkey primary key (workspace_id, task_id),
  constraint task_words_task_exists foreign key (workspace_id, task_id) references tasks (workspace_id, id) on delete cascade
);

create table note_words (
  workspace_id bigint not null,
  note_id bigint not null,
  block integer not null,
  words tsvector not null,
  constraint note_words_pkey primary key (workspace_id, note_id),
  constraint note_words_note_exists foreign key (workspace_id, note_id) references notes (workspace_id, id) on delete cascade
);

-- A search reads the list of entries that wait to be sorted in several times, so it is short.
create index goal_words_search on goal_words using gin (words) with (gin_pending_list_limit = 256);
create index task_words_search on task_words using gin (words) with (gin_pending_list_limit = 256);
create index note_words_search on note_words using gin (words) with (gin_pending_list_limit = 256);

-- How a search is planned does not depend on which words are frequent.
alter table goal_words alter column words set statistics 0;
alter table task_words alter column words set statistics 0;
alter table note_words alter column words set statistics 0;
