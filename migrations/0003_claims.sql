-- An agent's exclusive, time-limited hold on a task.

alter table tasks
  add column claimed_by text,
  add column lease_expires_at timestamptz,
  add column fence bigint not null default 0, -- grows with each claim, so that a holder who comes back late can be refused
  add column attempts integer not null default 0, -- claims that came to no end, the present one included
  add constraint tasks_lease_only_when_claimed check ((claimed_by is null) = (lease_expires_at is null)),
  add constraint tasks_claimed_only_in_progress check (claimed_by is null or status = 'in_progress');

-- Leases that ran out, and the one that ends first.
create index tasks_leased on tasks (workspace_id, lease_expires_at) where claimed_by is not null;

-- Why somebody did it, where they said so.
alter table events add column reason text;
