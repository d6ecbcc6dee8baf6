-- Goals that are finished, and that nobody wants to see in lists any more, and history that went to a file.
--
-- A value that is added to an enum cannot be used before this transaction ends: the index names the other ones.

alter type goal_status add value 'archived';

-- Goals as lists without a status show them.
create index goals_listed on goals (workspace_id, number) where status in ('planned', 'in_progress', 'completed', 'cancelled');
-- The others.
create index goals_archived on goals (workspace_id, number) where status not in ('planned', 'in_progress', 'completed', 'cancelled');

-- History that somebody took out of the database, into a file. docs/decisions/archives.md
create table history_archives (
  workspace_id bigint not null,
  last_operation bigint not null, -- all operations up to this number are in this file or an earlier one
  last_seq bigint not null, -- the highest number of their events
  mark text not null, -- of that event, as positions have it
  operations bigint not null,
  events bigint not null,
  last_at timestamptz not null, -- the time of the newest of them
  file text not null, -- the name that it was written under
  archived_at timestamptz not null default now(),
  archived_by text not null,
  constraint history_archives_pkey primary key (workspace_id, last_operation)
);
