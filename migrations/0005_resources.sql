-- Who holds which named resource, until when. A name may stand for many paths ("src/auth/**"): docs/decisions/named-resources.md.

create table resources (
  workspace_id bigint not null,
  name text not null,
  holder text not null,
  shared boolean not null, -- others may hold the name at the same time, as long as they share it, too
  fence bigint not null, -- grows with each acquisition in the workspace
  acquired_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  constraint resources_pkey primary key (workspace_id, name, holder)
);

-- The fences come from a counter of the workspace.
alter table counters drop constraint counters_kind_known;
alter table counters add constraint counters_kind_known check (kind in ('goal', 'task', 'note', 'resource'));
insert into counters (workspace_id, kind)
select w.id, 'resource'
from workspaces w;

-- Leases that ran out, and the lease that ends first.
create index resources_by_expiry on resources (workspace_id, expires_at);
