import { defineStatement } from '../statement.ts';
import { isProcessOf } from './sql.ts';

// An agent's operations that are no undos, the last first. The order is that of their transactions: whoever began to
// write after an operation had returned has the higher number (`xmin`), whatever the clock and the numbers of events
// say. A clock may go back, and processes take event numbers in blocks.
//
// No index has that order. So the operations that are the last by time, and those that are among the last events by
// number, are put in order; `lookback` bounds the events that are read for that.

const isOwnStart = (alias: string) => `${alias}.seq = ${alias}.operation and ${alias}.undoes is null`;

const lastOf = (byTime: string, isActor: string) => `
    with latest as (
      ${byTime}
      union
      select n.operation, n.actor, n.at, n.age
      from (
        select e.seq, e.operation, e.actor, e.at, e.undoes, age(e.xmin) as age
        from events e
        where e.workspace_id = $1
        order by e.seq desc
        limit $4
      ) n
      where ${isOwnStart('n')} and ${isActor}
    )
    select l.operation, l.actor
    from latest l
    order by l.age, l.at desc, l.operation desc
    limit $3`;

const params = { workspaceId: 'int8', actor: 'text', limit: 'int8', lookback: 'int8' } as const;
const columns = { operation: 'int8', actor: 'text' } as const;

/** Of one actor. */
export const listLastOperations = defineStatement({
  name: 'list_last_operations',
  params,
  columns,
  text: lastOf(
    `(
        select e.operation, e.actor, e.at, age(e.xmin) as age
        from events e
        where e.workspace_id = $1 and e.actor = $2 and ${isOwnStart('e')}
        order by e.at desc, e.seq desc
        limit $3
      )`,
    'n.actor = $2',
  ),
});

/** Of all processes of an agent, each of which is an actor; only among the last events, by time or by number. */
export const listLastOperationsOfAgent = defineStatement({
  name: 'list_last_operations_of_agent',
  params,
  columns,
  text: lastOf(
    `select n.operation, n.actor, n.at, n.age
      from (
        select e.seq, e.operation, e.actor, e.at, e.undoes, age(e.xmin) as age
        from events e
        where e.workspace_id = $1
        order by e.at desc, e.seq desc
        limit $4
      ) n
      where ${isOwnStart('n')} and ${isProcessOf('n.actor', '$2')}`,
    isProcessOf('n.actor', '$2'),
  ),
});
