-- Taking back: which operations an event takes back on its row.

alter table events
  add column undoes bigint[], -- null where the event takes nothing back
  drop constraint events_tell_something,
  -- a row that was made and deleted again by what is taken back has no image on either side
  add constraint events_tell_something check (before is not null or after is not null or undoes is not null);

-- Whether an operation was taken back: an undo has an event for each row that the operation has one for.
create index events_undoing on events (workspace_id, (coalesce(task_id, goal_id))) where undoes is not null;

-- What an agent did last, among any number of events.
create index events_of_actor on events (workspace_id, actor, at, seq) where seq = operation;

-- A goal's own events, without those of its tasks.
create index events_of_goal_itself on events (workspace_id, goal_id) where task_id is null;
