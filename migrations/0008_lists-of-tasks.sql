-- Lists of tasks, newest first, by what they are asked for. Most tasks have no repository and the general type: those
-- are in the first of these indexes only. There is none by number alone: the planner would take it for whatever has to be
-- locked in the order of its number, and read all tasks.

create index tasks_of_status on tasks (workspace_id, status, number);
create index tasks_of_repo on tasks (workspace_id, repo, number) where repo is not null;
create index tasks_of_type on tasks (workspace_id, type, number) where type <> 'general';
