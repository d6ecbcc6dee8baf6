-- What one call did is a row of its own, an event keeps what changed, and a claim is a narrow row beside its task.

-- Numbers of operations and events: never used twice, and taken after an operation holds its locks, so that of two
-- changes of one row the later one has the higher number. Gaps are allowed.
create sequence history_numbers;
select setval('history_numbers', (select coalesce(max(seq), 0) + 1 from events), false);

create table operations (
  workspace_id bigint not null,
  seq bigint not null default nextval('history_numbers'),
  id uuid not null, -- made by the caller, so that a lost answer to a commit can be looked for
  actor text not null,
  reason text, -- why, where the actor said so
  at timestamptz not null default clock_timestamp(),
  constraint operations_pkey primary key (workspace_id, seq),
  constraint operations_id_unique unique (workspace_id, id)
);

create index operations_of_actor on operations (workspace_id, actor, seq);
create index operations_by_time on operations (workspace_id, at);

-- The events of today, in the order of time, which their numbers were not.
create temporary table renumbered on commit drop as
  select e.workspace_id, e.seq as was, row_number() over (order by e.at, e.operation, e.seq) as seq
  from events e;
create index on renumbered (workspace_id, was);
analyze renumbered;

insert into operations (workspace_id, seq, id, actor, reason, at)
select e.workspace_id, min(n.seq), gen_random_uuid(), (array_agg(e.actor order by e.seq))[1], max(e.reason), min(e.at)
from events e
join renumbered n on n.workspace_id = e.workspace_id and n.was = e.seq
group by e.workspace_id, e.operation;

alter table operations
  add column request_id text, -- the caller's own name for the call, for a day
  add column tool text,
  add column arguments_hash text,
  add column answer text; -- text and not jsonb, which would come back with its keys in another order
create unique index operations_request on operations (workspace_id, request_id) where request_id is not null;

-- What changed, and of a row that was made or deleted the whole of it.
create table changes (
  workspace_id bigint not null,
  seq bigint not null default nextval('history_numbers'),
  operation bigint not null, -- its number
  action text not null,
  goal_id text not null,
  task_id text, -- null where the row is a goal or a goal's note
  before jsonb, -- null where there was no row; otherwise the keys that changed, as they were
  after jsonb, -- null where there is no row any more
  undoes bigint[], -- the operations that this event takes back on its row
  constraint events_pkey_new primary key (workspace_id, seq)
);

insert into changes (workspace_id, seq, operation, action, goal_id, task_id, before, after, undoes)
select e.workspace_id, n.seq, o.seq,
  case when e.task_id is null and e.action = 'updated' and e.seq <> e.operation then 'followed' else e.action end,
  e.goal_id, e.task_id, coalesce(d.before, e.before - b.keys), coalesce(d.after, e.after - b.keys), (
    select array_agg(distinct first.seq)
    from unnest(e.undoes) as u (id)
    join events y on y.workspace_id = e.workspace_id and y.operation = u.id
    join lateral (
      select min(x.seq) as seq
      from events z
      join renumbered x on x.workspace_id = e.workspace_id and x.was = z.seq
      where z.workspace_id = e.workspace_id and z.operation = u.id
    ) first on true
  )
from events e
cross join (select '{open_dependencies,parked,updated_at}'::text[] as keys) b
join renumbered n on n.workspace_id = e.workspace_id and n.was = e.seq
join lateral (
  select min(x.seq) as seq
  from events y
  join renumbered x on x.workspace_id = e.workspace_id and x.was = y.seq
  where y.workspace_id = e.workspace_id and y.operation = e.operation
) o on true
left join lateral (
  select jsonb_object_agg(k.key, e.before -> k.key) as before, jsonb_object_agg(k.key, k.value) as after
  from jsonb_each(e.after) as k
  where e.before is not null and e.after is not null
    and (e.before -> k.key is distinct from k.value and k.key not in ('open_dependencies', 'parked', 'revision', 'updated_at')
      or k.key in ('total_tasks', 'open_tasks', 'status'))
) d on true;

-- every row of it is in the new one
alter table events rename to events_with_images;
drop table events_with_images;
alter table changes rename to events;
alter table events rename constraint events_pkey_new to events_pkey;
alter table events
  alter column before set statistics 0,
  alter column after set statistics 0;
create index events_of_operation on events (workspace_id, operation, seq);
-- Whether an operation was taken back: an undo has an event for each row that the operation has one for.
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

-- Who holds a task, until when. The fence and the attempts stay with the task: they outlive the claim.
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
