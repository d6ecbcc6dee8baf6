-- Breakdowns of goals under a name, and the rules by which some of them come back: docs/decisions/recurring.md.

create table templates (
  workspace_id bigint not null,
  name text not null,
  body jsonb not null, -- a goal and its tasks as create_goal and break_down_goal take them, with {{parameters}}
  rule text, -- cron or RRULE; null: it comes by hand alone
  time_zone text,
  starts_at timestamptz,
  parameters jsonb, -- what the rule applies it with
  next_at timestamptz, -- when the next goal is due; null: never again
  last_goal_id text, -- what the rule made last
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  revision bigint not null default 1, -- grows with each change and each goal that the rule makes
  constraint templates_pkey primary key (workspace_id, name),
  constraint templates_rule_is_whole check (
    (rule is null) = (time_zone is null) and (rule is null) = (starts_at is null) and (rule is null) = (parameters is null)
    and (rule is not null or next_at is null)
  )
);

-- What is due.
create index templates_due on templates (workspace_id, next_at) where next_at is not null;
