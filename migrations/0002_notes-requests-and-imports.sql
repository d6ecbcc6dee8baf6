-- Notes on goals and tasks, answers kept for repeated requests, and what was taken over from older versions.

create table notes (
  workspace_id bigint not null,
  id bigint not null,
  goal_id text not null,
  task_id text, -- null where the note is the goal's own
  actor text not null,
  text text not null,
  created_at timestamptz not null default now(),
  constraint notes_pkey primary key (workspace_id, id),
  constraint notes_goal_exists foreign key (workspace_id, goal_id) references goals (workspace_id, id) on delete cascade,
  constraint notes_task_exists foreign key (workspace_id, task_id) references tasks (workspace_id, id) on delete cascade
);

create index notes_of_goal on notes (workspace_id, goal_id, id);
create index notes_of_task on notes (workspace_id, task_id, id) where task_id is not null;

alter table counters drop constraint counters_kind_known;
alter table counters add constraint counters_kind_known check (kind in ('goal', 'task', 'event', 'note'));

-- What a request with an id of the caller's own was answered, so that a repeat gets the same answer and writes nothing.
-- The answer is text and not jsonb, which would come back with its keys in another order.
create table requests (
  workspace_id bigint not null,
  request_id text not null,
  tool text not null,
  arguments_hash text not null,
  answer text not null,
  created_at timestamptz not null default now(),
  constraint requests_pkey primary key (workspace_id, request_id),
  constraint requests_workspace_exists foreign key (workspace_id) references workspaces (id)
);

create index requests_by_age on requests (workspace_id, created_at);

-- Each import once per content, with its report.
create table imports (
  workspace_id bigint not null,
  content_hash text not null,
  source text not null,
  imported_at timestamptz not null default now(),
  report jsonb not null,
  constraint imports_pkey primary key (workspace_id, content_hash),
  constraint imports_workspace_exists foreign key (workspace_id) references workspaces (id)
);
