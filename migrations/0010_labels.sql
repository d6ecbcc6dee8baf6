-- What goals and tasks of a label are listed by has their status too: few may have the one that is asked for, among many that
-- have the label. docs/decisions/labels.md

alter table goal_labels add column status goal_status;
alter table goal_labels add column priority priority;
update goal_labels l
set status = g.status, priority = g.priority
from goals g
where g.workspace_id = l.workspace_id and g.number = l.number;
alter table goal_labels alter column status set not null;
alter table goal_labels alter column priority set not null;
drop index goal_labels_of_label;
create index goal_labels_of_status on goal_labels (workspace_id, label, status, priority, number);

alter table task_labels add column status task_status;
update task_labels l
set status = t.status
from tasks t
where t.workspace_id = l.workspace_id and t.id = l.task_id;
alter table task_labels alter column status set not null;
create index task_labels_of_status on task_labels (workspace_id, label, status, number);
