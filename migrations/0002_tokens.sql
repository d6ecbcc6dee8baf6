-- Who may call the service: a token is a secret text that a caller shows, and only its hash is here.

create table tokens (
  workspace_id bigint not null,
  id uuid not null, -- made by the caller, so that a lost answer can be asked for again
  name text not null, -- the actor of what its bearer does
  hash text not null, -- SHA-256 of the whole text, in hexadecimal digits
  role text not null,
  created_at timestamptz not null default now(),
  created_by text not null,
  expires_at timestamptz, -- null where it never does
  revoked_at timestamptz,
  last_used_at timestamptz, -- to the minute
  constraint tokens_pkey primary key (workspace_id, id),
  constraint tokens_hash_unique unique (workspace_id, hash),
  constraint tokens_workspace_exists foreign key (workspace_id) references workspaces (id),
  constraint tokens_name_form check (name ~ '^[A-Za-z0-9._-]{1,64}$'),
  constraint tokens_hash_form check (hash ~ '^[0-9a-f]{64}$'),
  constraint tokens_role_known check (role in ('reader', 'writer', 'admin'))
);

-- A revoked token stays, so that its bearer is told why, and its name is free.
create unique index tokens_name_in_use on tokens (workspace_id, name) where revoked_at is null;
