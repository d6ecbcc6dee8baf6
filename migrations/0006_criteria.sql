-- When a task is done, and whose word it takes: docs/decisions/criteria.md.

-- The task's criteria in their order, each {text, human?, met_by?, met_at?}.
alter table tasks add column criteria jsonb not null default '[]';
alter table tasks add constraint tasks_criteria_is_list check (jsonb_typeof(criteria) = 'array');

-- Whether a task of this goal is completed only when all of its criteria are met.
alter table goals add column strict boolean not null default false;

-- Whether a person holds the token, who may meet what no agent may.
alter table tokens add column kind text not null default 'agent';
alter table tokens add constraint tokens_kind_known check (kind in ('agent', 'person'));
