-- A database of the seven migrations before 0001_schema becomes one of 0001_schema, in the transaction that runs this file. Its
-- history had images of whole rows, its claims were in tasks, and its words in indexes over expressions. The program makes the
-- words that goals, tasks and notes are found by, in the same transaction. A command ends where a line ends with `;`.
-- test/store/older.test.ts compares the result with the catalog of a fresh database.

-- Indexes.

drop index tasks_search, goals_search, notes_search, goals_of_repo;

create index tasks_of_status on tasks (workspace_id, status, number);
create index tasks_of_repo on tasks (workspace_id, repo, status, number) where repo is not null;
create index tasks_of_type on tasks (workspace_id, type, status, number) where type <> 'general';
create index tasks_of_repo_and_type on tasks (workspace_id, repo, type, status, number) where repo is not null and type <> 'general';
create index tasks_parked_last on tasks (workspace_id, number, id) where parked;
create index notes_by_time on notes (workspace_id, created_at);
create index goals_of_status on goals (workspace_id, status, priority, number);

-- Where ready work begins.

create table ready_starts (
  workspace_id bigint not null,
  priority priority not null,
  number bigint not null,
  constraint ready_starts_pkey primary key (workspace_id, priority)
);

-- Repositories of goals.

create table goal_repos (
  workspace_id bigint not null,
  number bigint not null,
  repo text not null,
  status goal_status not null,
  priority priority not null,
  constraint goal_repos_pkey primary key (workspace_id, number, repo),
  constraint goal_repos_goal_exists foreign key (workspace_id, number) references goals (workspace_id, number) on delete cascade
);

create index goal_repos_of_status on goal_repos (workspace_id, repo, status, priority, number);

-- Words for search.

create table goal_words (
  workspace_id bigint not null,
  goal_id text not null,
  block integer not null,
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

create index goal_words_search on goal_words using gin (words) with (gin_pending_list_limit = 256);
create index task_words_search on task_words using gin (words) with (gin_pending_list_limit = 256);
create index note_words_search on note_words using gin (words) with (gin_pending_list_limit = 256);

alter table goal_words alter column words set statistics 0;
alter table task_words alter column words set statistics 0;
alter table note_words alter column words set statistics 0;

-- Operations, events and requests.

create sequence history_numbers;
select setval('history_numbers', (select coalesce(max(seq), 0) + 1 from events), false);

create table operations (
  workspace_id bigint not null,
  seq bigint not null default nextval('history_numbers'),
  id uuid not null,
  actor text not null,
  reason text,
  at timestamptz not null default clock_timestamp(),
  request_id text,
  tool text,
  arguments_hash text,
  answer text,
  constraint operations_pkey primary key (workspace_id, seq),
  constraint operations_id_unique unique (workspace_id, id)
);

-- Events get new numbers in the order of time, which their old numbers were not in. An operation has its first event's.
create temporary table renumbered on commit drop as
  select e.workspace_id, e.operation, e.seq as was, row_number() over (order by e.at, e.operation, e.seq) as seq
  from events e;
create index on renumbered (workspace_id, was);
analyze renumbered;
create temporary table renumbered_operations on commit drop as
  select n.workspace_id, n.operation as was, min(n.seq) as seq
  from renumbered n
  group by n.workspace_id, n.operation;
create index on renumbered_operations (workspace_id, was);
analyze renumbered_operations;

insert into operations (workspace_id, seq, id, actor, reason, at)
select e.workspace_id, o.seq, gen_random_uuid(), (array_agg(e.actor order by e.seq))[1], max(e.reason), min(e.at)
from events e
join renumbered_operations o on o.workspace_id = e.workspace_id and o.was = e.operation
group by e.workspace_id, o.seq;

create index operations_of_actor on operations (workspace_id, actor, seq);
create index operations_by_time on operations (workspace_id, at);
create unique index operations_request on operations (workspace_id, request_id) where request_id is not null;

-- Of a row that changed, what changed of it; of a row that was made or deleted, the whole.
create table changes (
  workspace_id bigint not null,
  seq bigint not null default nextval('history_numbers'),
  operation bigint not null,
  action text not null,
  goal_id text not null,
  task_id text,
  before jsonb,
  after jsonb,
  undoes bigint[],
  constraint events_pkey_new primary key (workspace_id, seq)
);

insert into changes (workspace_id, seq, operation, action, goal_id, task_id, before, after, undoes)
select e.workspace_id, n.seq, o.seq,
  case when e.task_id is null and e.action = 'updated' and e.seq <> e.operation then 'followed' else e.action end,
  e.goal_id, e.task_id, coalesce(d.before, e.before - b.keys), coalesce(d.after, e.after - b.keys), (
    select array_agg(u.seq order by u.seq)
    from renumbered_operations u
    where u.workspace_id = e.workspace_id and u.was = any(e.undoes)
  )
from events e
cross join (select '{open_dependencies,parked,updated_at}'::text[] as keys) b
join renumbered n on n.workspace_id = e.workspace_id and n.was = e.seq
join renumbered_operations o on o.workspace_id = e.workspace_id and o.was = e.operation
left join lateral (
  select jsonb_object_agg(k.key, e.before -> k.key) as before, jsonb_object_agg(k.key, k.value) as after
  from jsonb_each(e.after) as k
  where e.before is not null and e.after is not null
    and (e.before -> k.key is distinct from k.value and k.key not in ('open_dependencies', 'parked', 'revision', 'updated_at')
      or k.key in ('total_tasks', 'open_tasks', 'status'))
) d on true;

-- Every event is in the new table.
alter table events rename to events_with_images;
drop table events_with_images;
alter table changes rename to events;
alter table events rename constraint events_pkey_new to events_pkey;
alter table events
  alter column before set statistics 0,
  alter column after set statistics 0;
create index events_of_operation on events (workspace_id, operation, seq);
create index events_undoing on events (workspace_id, (coalesce(task_id, goal_id))) where undoes is not null;
create index events_of_goal on events (workspace_id, goal_id, seq);
create index events_of_task on events (workspace_id, task_id, seq) where task_id is not null;

insert into operations (workspace_id, seq, id, actor, at, request_id, tool, arguments_hash, answer)
select r.workspace_id, nextval('history_numbers'), gen_random_uuid(), 'goal-agent', r.created_at, r.request_id, r.tool, r.arguments_hash, r.answer
from requests r;
drop table requests;

select setval('history_numbers', greatest(
  (select coalesce(max(seq), 0) from events), (select coalesce(max(seq), 0) from operations)) + 1, false);

delete from counters where kind = 'event';
alter table counters drop constraint counters_kind_known;
alter table counters add constraint counters_kind_known check (kind in ('goal', 'task', 'note'));

-- Claims.

create table claims (
  workspace_id bigint not null,
  task_id text not null,
  holder text not null,
  expires_at timestamptz not null,
  constraint claims_pkey primary key (workspace_id, task_id),
  constraint claims_task_exists foreign key (workspace_id, task_id) references tasks (workspace_id, id) on delete cascade
);
create index claims_by_expiry on claims (workspace_id, expires_at);

insert into claims (workspace_id, task_id, holder, expires_at)
select t.workspace_id, t.id, t.claimed_by, t.lease_expires_at
from tasks t
where t.claimed_by is not null;

drop index tasks_leased;
alter table tasks drop constraint tasks_lease_only_when_claimed;
alter table tasks drop constraint tasks_claimed_only_in_progress;
alter table tasks drop column claimed_by;
alter table tasks drop column lease_expires_at;

-- The list of migrations becomes that of a fresh database.

delete from goal_agent_migrations;
insert into goal_agent_migrations (name, run_on) values ('0001_schema', now());
