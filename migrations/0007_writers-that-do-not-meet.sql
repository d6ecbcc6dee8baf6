-- A foreign key locks the row that it refers to, and the workspace's is one row for all: of two who write at the same
-- moment each had to write down who else holds it. Its counters still refer to a workspace, and keep it from being
-- deleted; all that is in it has its number from them. docs/decisions/workspaces.md has the figures.
alter table events drop constraint events_workspace_exists;
alter table requests drop constraint requests_workspace_exists;
alter table goals drop constraint goals_workspace_exists;
