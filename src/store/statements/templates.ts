import { defineStatement } from '../statement.ts';

// Templates, and when the goals come back that some of them make: docs/decisions/recurring.md.

const columns = {
  name: 'text',
  body: 'jsonb',
  rule: 'text?',
  time_zone: 'text?',
  starts_at: 'timestamptz?',
  parameters: 'jsonb?',
  next_at: 'timestamptz?',
  last_goal_id: 'text?',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
  revision: 'int8',
} as const;
const selected = Object.keys(columns)
  .map((column) => `p.${column}`)
  .join(', ');

export const findTemplate = defineStatement({
  name: 'find_template',
  params: { workspaceId: 'int8', name: 'text' },
  columns,
  text: `
    select ${selected}
    from templates p
    where p.workspace_id = $1 and p.name = $2`,
});

/** The same, which nobody else changes until the transaction ends. */
export const lockTemplate = defineStatement({
  name: 'lock_template',
  params: { workspaceId: 'int8', name: 'text' },
  columns,
  text: `
    select ${selected}
    from templates p
    where p.workspace_id = $1 and p.name = $2
    for update`,
});

/** By name, those after `after`. `total` counts all. */
export const listTemplates = defineStatement({
  name: 'list_templates',
  params: { workspaceId: 'int8', after: 'text', limit: 'int8' },
  columns: { ...columns, total: 'int8' },
  text: `
    select ${selected}, (select count(*) from templates a where a.workspace_id = $1) as total
    from templates p
    where p.workspace_id = $1 and p.name > $2
    order by p.name
    limit $3`,
});

/** Names that start with a text. */
export const listTemplateNames = defineStatement({
  name: 'list_template_names',
  params: { workspaceId: 'int8', prefix: 'text', limit: 'int8' },
  columns: { name: 'text' },
  text: `
    select p.name
    from templates p
    where p.workspace_id = $1 and starts_with(p.name, $2)
    order by p.name
    limit $3`,
});

/** Makes a template, or makes it anew; no row where the workspace was deleted. */
export const putTemplate = defineStatement({
  name: 'put_template',
  params: {
    workspaceId: 'int8',
    name: 'text',
    body: 'jsonb',
    rule: 'text?',
    timeZone: 'text?',
    startsAt: 'timestamptz?',
    parameters: 'jsonb?',
    nextAt: 'timestamptz?',
  },
  columns,
  text: `
    insert into templates as p (workspace_id, name, body, rule, time_zone, starts_at, parameters, next_at, created_at, updated_at)
    select c.workspace_id, $2, $3::jsonb, $4, $5, $6::timestamptz, $7::jsonb, $8::timestamptz,
      statement_timestamp(), statement_timestamp()
    from counters c
    where c.workspace_id = $1 and c.kind = 'goal'
    on conflict (workspace_id, name) do update
    set body = excluded.body,
      rule = excluded.rule,
      time_zone = excluded.time_zone,
      starts_at = excluded.starts_at,
      parameters = excluded.parameters,
      next_at = excluded.next_at,
      updated_at = excluded.updated_at,
      revision = p.revision + 1
    returning ${selected}`,
});

export const deleteTemplate = defineStatement({
  name: 'delete_template',
  params: { workspaceId: 'int8', name: 'text' },
  columns,
  text: `
    delete from templates p
    where p.workspace_id = $1 and p.name = $2
    returning ${selected}`,
});

/** Templates whose next goal is due, the longest due first, and what time it is. */
export const listDueTemplates = defineStatement({
  name: 'list_due_templates',
  params: { workspaceId: 'int8', limit: 'int8' },
  columns: { ...columns, now: 'timestamptz' },
  text: `
    select ${selected}, clock_timestamp() as now
    from templates p
    where p.workspace_id = $1 and p.next_at <= now()
    order by p.next_at
    limit $2`,
});

/** Locks those of these templates that are due still, and that nobody else makes goals of at this moment. */
export const lockDueTemplates = defineStatement({
  name: 'lock_due_templates',
  params: { workspaceId: 'int8', names: 'text[]' },
  columns: { name: 'text', revision: 'int8' },
  text: `
    select p.name, p.revision
    from templates p
    where p.workspace_id = $1 and p.name = any($2::text[]) and p.next_at <= now()
    order by p.name
    for update skip locked`,
});

/** A template, which is locked, has made its goal; the next one comes at `nextAt`. */
export const moveTemplateOn = defineStatement({
  name: 'move_template_on',
  params: { workspaceId: 'int8', name: 'text', nextAt: 'timestamptz?', lastGoalId: 'text?' },
  columns: {},
  text: `
    update templates p
    set next_at = $3::timestamptz, last_goal_id = coalesce($4, p.last_goal_id), revision = p.revision + 1
    where p.workspace_id = $1 and p.name = $2`,
});
