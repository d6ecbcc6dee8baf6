-- Goals that are finished, and that nobody wants to see in lists any more.
--
-- A value that is added to an enum cannot be used before this transaction ends: the index names the other ones.

alter type goal_status add value 'archived';

-- Goals as lists without a status show them.
create index goals_listed on goals (workspace_id, number) where status in ('planned', 'in_progress', 'completed', 'cancelled');
-- The others.
create index goals_archived on goals (workspace_id, number) where status not in ('planned', 'in_progress', 'completed', 'cancelled');
