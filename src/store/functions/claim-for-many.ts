import { defineFunction } from '../function.ts';
import { listedTaskColumns, listedTaskSelect } from '../statements/columns.ts';
import { claimOf, isSame } from '../statements/sql.ts';
import { begin, claimedImages, endDeferrals, endLeases, pickReady, pickVariable } from './claim-pieces.ts';
import { handOver } from './hand-over-pieces.ts';
import { eventColumns, operationVariables } from './pieces.ts';

/** Of the claim that the task `p` goes to. */
const holder = `p_claims -> (p.owner - 1) ->> 'actor'`;
const leaseEnd = `at + make_interval(secs => (p_claims -> (p.owner - 1) ->> 'lease_seconds')::float8)`;

/**
 * Takes ready tasks, those of a goal or any, for several agents that ask at the same time, as `claim_tasks` does for one: the
 * first of `claims` gets the first tasks, and an agent for whom nothing is left has no operation. Each of `claims` is
 * {operation, actor, limit, lease_seconds}, and each row has the `place` of its claim among them, from 1. Leases that ran
 * out are ended for the first.
 */
export const claimForMany = defineFunction({
  name: 'claim_for_many',
  params: {
    workspaceId: 'int8',
    textLimit: 'int4',
    leasesOperation: 'uuid',
    goalId: 'text?',
    maxAttempts: 'int4',
    claims: 'jsonb',
  },
  columns: {
    place: 'int4',
    ...listedTaskColumns,
    fence: 'int8',
    renewed: 'bool?',
    given_up: 'jsonb?',
    hand_over: 'jsonb?',
  },
  declare: {
    ...operationVariables,
    ...pickVariable,
    at: 'timestamptz := clock_timestamp()',
    wanted: 'int8',
    claim: 'record',
    picked: "text[] := '{}'",
    owners: "int4[] := '{}'",
    numbers: 'jsonb',
    start: 'record',
    due: 'text[]',
    labelled: 'text[]',
    ended: 'text[]',
    given_up: "text[] := '{}'",
    held: 'jsonb',
  },
  body: `
${endDeferrals('p_leases_operation')}
${endLeases()}
  select sum((c.value ->> 'limit')::int8) into wanted
  from jsonb_array_elements(p_claims) as c (value);${pickReady('wanted')}
  if picked <> '{}' then
    at := clock_timestamp();
    for claim in select c.value ->> 'limit' as most, c.place from jsonb_array_elements(p_claims) with ordinality as c (value, place) loop
      owners := owners || array_fill(claim.place::int4, array[least(claim.most::int4, cardinality(picked) - cardinality(owners))]);
    end loop;
    with made as (
      insert into operations (workspace_id, id, actor)
      select $1, (c.value ->> 'operation')::uuid, c.value ->> 'actor'
      from jsonb_array_elements(p_claims) with ordinality as c (value, place)
      where c.place = any(owners)
      order by c.place
      returning id, seq
    )
    select jsonb_object_agg(m.id, m.seq) into numbers
    from made m;
    ${begin}
    insert into claims (workspace_id, task_id, holder, expires_at)
    select $1, p.id, ${holder}, ${leaseEnd}
    from unnest(picked, owners) as p (id, owner);
    insert into events (${eventColumns})
    select $1, (numbers ->> (p_claims -> (p.owner - 1) ->> 'operation'))::int8, 'claimed', t.goal_id, t.id,
      ${claimedImages({ was: "'pending'", holder, leaseEnd })}
    from unnest(picked, owners) with ordinality as p (id, owner, place)
    join tasks t on t.workspace_id = $1 and t.id = any(picked) and ${isSame('t.id', 'p.id')}
    order by p.place;
  end if;
  return query
  select coalesce(p.owner, 1), ${listedTaskSelect}, t.fence,
    case when p.owner is not null then false end,
    case when p.owner is null then t.result end,
    case when p.owner is not null then ${handOver} end
  from tasks t
  ${claimOf('t')}
  left join unnest(picked, owners) as p (id, owner) on ${isSame('t.id', 'p.id')}
  where t.workspace_id = $1 and t.id = any(picked || given_up)
  order by p.owner, t.priority, t.number;`,
});
