import { defineStatement } from '../statement.ts';
import { isProcessOf } from './sql.ts';

// Operations that are no undos, and that did more than acquire and release names, the last first: their numbers are taken when their locks are held.

const params = { workspaceId: 'int8', actor: 'text', limit: 'int8', before: 'int8?' } as const;
const columns = { operation: 'int8', actor: 'text' } as const;

const ofActor = (actor: string) => `
      select o.seq, o.actor
      from operations o
      where o.workspace_id = $1 and o.actor = ${actor} and ($4::int8 is null or o.seq < $4)
        and exists (select from events e where e.workspace_id = $1 and e.operation = o.seq and (e.goal_id <> '' or e.action like 'template%'))
        and not exists (select from events e where e.workspace_id = $1 and e.operation = o.seq and e.undoes is not null)
      order by o.seq desc
      limit $3`;

/** Of one actor. */
export const listLastOperations = defineStatement({
  name: 'list_last_operations',
  params,
  columns,
  text: `
    select l.seq as operation, l.actor
    from (${ofActor('$2')}
    ) l
    order by l.seq desc`,
});

/**
 * Of all processes of an agent, each of which is an actor: its name with a suffix of eight hexadecimal digits. The actors are
 * found one by one in the index, however much each of them did.
 */
export const listLastOperationsOfAgent = defineStatement({
  name: 'list_last_operations_of_agent',
  params,
  columns,
  text: `
    with recursive actors (actor) as (
      (
        select o.actor
        from operations o
        where o.workspace_id = $1 and o.actor > $2 || '-'
        order by o.actor
        limit 1
      )
      union all
      select (
        select o.actor
        from operations o
        where o.workspace_id = $1 and o.actor > a.actor
        order by o.actor
        limit 1
      )
      from actors a
      where starts_with(a.actor, $2 || '-')
    )
    select l.seq as operation, l.actor
    from actors a
    cross join lateral (${ofActor('a.actor')}
    ) l
    where ${isProcessOf('a.actor', '$2')}
    order by l.seq desc
    limit $3`,
});
