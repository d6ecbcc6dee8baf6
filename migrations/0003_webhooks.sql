-- Receivers who are told of changes by HTTP, and how far each was told.

create table webhooks (
  workspace_id bigint not null,
  id text not null,
  url text not null,
  secret text not null, -- signs each message: it has to be here as it is
  types text[] not null, -- of changes, as task.completed; all when empty
  goal_id text, -- all goals when null; the webhook outlives the goal
  created_at timestamptz not null default now(),
  created_by text not null,
  position text not null, -- it was told of all changes up to here
  leased_by uuid, -- the process that delivers, until then
  leased_until timestamptz,
  attempts integer not null default 0, -- those that failed in a row, since failing_since
  failing_since timestamptz,
  next_attempt_at timestamptz,
  note text, -- what went wrong last
  delivered_at timestamptz, -- the last time that a message was taken
  switched_off_at timestamptz,
  constraint webhooks_pkey primary key (workspace_id, id),
  constraint webhooks_workspace_exists foreign key (workspace_id) references workspaces (id),
  constraint webhooks_id_form check (id ~ '^wh_[0-9a-f]{12}$'),
  constraint webhooks_failing_since_first_attempt check ((failing_since is not null) = (attempts > 0))
);

-- Whether the workspace ever had a webhook: whoever delivers looks nowhere else.
alter table workspaces add column has_webhooks boolean not null default false;
