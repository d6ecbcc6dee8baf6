-- Goals of goals: a goal may have a parent. docs/decisions/goals-of-goals.md

alter table goals add column parent_goal_id text;
-- Its sub-goals, which have it as their parent, and those of them that are neither completed nor cancelled.
alter table goals add column total_goals integer not null default 0;
alter table goals add column open_goals integer not null default 0;
alter table goals add constraint goals_parent_exists
  foreign key (workspace_id, parent_goal_id) references goals (workspace_id, id);
alter table goals add constraint goals_parent_is_another check (parent_goal_id <> id);
alter table goals add constraint goals_open_goals_within_total check (open_goals between 0 and total_goals);

create index goals_of_parent on goals (workspace_id, parent_goal_id, number) where parent_goal_id is not null;
