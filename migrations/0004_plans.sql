-- More that plans need: tasks that will not be done or not yet, labels, and dates by which something is due.
--
-- A value that is added to an enum cannot be used before this transaction ends: no constraint and no index here names one.

alter type task_status add value 'cancelled';
alter type task_status add value 'deferred';

-- A cancelled task is closed, as a completed one is, and yet those that depend on it go on waiting, unless they are let go.
alter table tasks add column waived boolean not null default false;
-- When a deferred task becomes pending by itself; null where it waits for somebody to say so.
alter table tasks add column defer_until timestamptz;
alter table tasks add column due_at timestamptz;
alter table tasks add column labels text[] not null default '{}';
alter table tasks add constraint tasks_waived_only_cancelled
  check (not (waived and status in ('pending', 'in_progress', 'completed', 'failed', 'blocked')));
alter table tasks add constraint tasks_defer_until_only_deferred
  check (defer_until is null or status not in ('pending', 'in_progress', 'completed', 'failed', 'blocked'));

alter table goals add column due_at timestamptz;
alter table goals add column labels text[] not null default '{}';

-- Deferrals that ended, and the one that ends first.
create index tasks_deferred on tasks (workspace_id, defer_until) where defer_until is not null;

-- What is due first. A cancelled task is not; nobody looks past more than a few of those.
create index tasks_due on tasks (workspace_id, due_at) where due_at is not null and completed_at is null and not parked;

-- The labels of each goal, for lists of the goals that have one.
create table goal_labels (
  workspace_id bigint not null,
  number bigint not null, -- of the goal
  label text not null,
  constraint goal_labels_pkey primary key (workspace_id, number, label),
  constraint goal_labels_goal_exists foreign key (workspace_id, number) references goals (workspace_id, number) on delete cascade
);

create index goal_labels_of_label on goal_labels (workspace_id, label, number);

-- The labels of each task, for lists of the tasks that have one and for claims of those that are ready.
create table task_labels (
  workspace_id bigint not null,
  task_id text not null,
  label text not null,
  number bigint not null, -- of the task
  priority priority not null, -- of the task
  -- Whether the task may be ready: each ready task has this, and of those that have it, the ones that are not ready lose
  -- it when somebody meets them. docs/decisions/labels.md
  ready boolean not null,
  constraint task_labels_pkey primary key (workspace_id, task_id, label),
  constraint task_labels_task_exists foreign key (workspace_id, task_id) references tasks (workspace_id, id) on delete cascade
);

create index task_labels_of_label on task_labels (workspace_id, label, number);
create index task_labels_ready on task_labels (workspace_id, label, priority, number) where ready;

-- Goals that are due first.
create index goals_due on goals (workspace_id, due_at) where due_at is not null and status in ('planned', 'in_progress');
