import { subtreeOf } from '../statements/goal-tree-pieces.ts';
import { followedTaskLabels } from '../statements/label-pieces.ts';
import { expiredAtOnce, isReady, noStart, readyStarts } from '../statements/sql.ts';
import { eventColumns, moveReadyStarts, recordOperation } from './pieces.ts';

// What every claim does, whoever makes it. `$1` is the workspace.

/**
 * Ready tasks in their order, priority by priority, each from where its ready work begins. What another agent is taking at
 * this moment is passed over, so that claimers never wait for each other. Tasks of a goal are those of the goals below it,
 * too; whether there are any is seen by one look into an index.
 */
export const pickReady = (limit: string, condition = '') => `
    for start in
      select p.priority, p.start as number,
        exists (select from goals c where c.workspace_id = $1 and c.parent_goal_id = p_goal_id) as is_parent
      from ${readyStarts}
    loop
      exit when cardinality(picked) >= ${limit};
      continue when start.number = ${noStart};
      if p_goal_id is null then${pickFrom(limit, '')}
      elsif not start.is_parent then${pickFrom(limit, ` and t.goal_id = p_goal_id${condition}`)}
      else${pickBelow(limit, condition)}
      end if;
    end loop;`;

/** The variable of pickReady. */
export const pickVariable = { below: 'text[]' } as const;

/** Tasks beyond those that are asked for, of each goal below: others may be taking the first of them. */
const spareBelow = 32;

/** The same of a goal that has sub-goals: the first of each goal below it, and of these the first. */
function pickBelow(limit: string, condition: string): string {
  return `
        below := coalesce(below, ${subtreeOf('array[p_goal_id]')});
        picked := picked || array(
          select t.id
          from tasks t
          where t.workspace_id = $1 and ${isReady('t')} and t.id = any(array(
            select x.id
            from unnest(below) as g (id)
            cross join lateral (
              select t.id, t.number
              from tasks t
              where t.workspace_id = $1 and t.goal_id = g.id${condition} and t.priority = start.priority
                and t.number >= start.number and ${isReady('t')}
              order by t.number
              limit ${limit} - cardinality(picked) + ${spareBelow}
            ) x
            order by x.number
            limit ${limit} - cardinality(picked) + ${spareBelow}
          ))
          order by t.number
          limit ${limit} - cardinality(picked)
          for no key update skip locked
        );`;
}

/**
 * The same of tasks that have all of `p_labels`, where no goal is given: by the first of these labels, in the order of its ready
 * tasks. What is not ready and yet marked so loses the mark, and is walked past only once (docs/decisions/labels.md).
 */
export const pickLabelled = (limit: string) => `
    for start in select p.priority from unnest(enum_range(null::priority)) as p (priority) loop
      exit when cardinality(picked) >= ${limit};
      loop
        with met as materialized (
          select l.task_id
          from task_labels l
          where l.workspace_id = $1 and l.label = p_labels[1] and l.priority = start.priority and l.ready
          order by l.number
          limit ${metAtOnce}
        )
        update task_labels l
        set ready = false
        where l.workspace_id = $1 and l.ready and l.task_id = any(array(
          select t.id
          from tasks t
          where t.workspace_id = $1 and t.id = any(array(select m.task_id from met m)) and not (${isReady('t')})
          for no key update skip locked
        ));
        exit when not found;
      end loop;
      picked := picked || array(
        select t.id
        from task_labels l
        join tasks t on t.workspace_id = $1 and t.id = l.task_id
        where l.workspace_id = $1 and l.label = p_labels[1] and l.priority = start.priority and l.ready
          and t.labels @> p_labels and ${isReady('t')}
        order by l.number
        limit ${limit} - cardinality(picked)
        for no key update of t skip locked
      );
    end loop;`;

/** Tasks with a label that one look goes through for marks that are not so. */
const metAtOnce = 100;

function pickFrom(limit: string, condition: string): string {
  return `
        picked := picked || array(
          select t.id
          from tasks t
          where t.workspace_id = $1${condition} and t.priority = start.priority and t.number >= start.number and ${isReady('t')}
          order by t.number
          limit ${limit} - cardinality(picked)
          for no key update skip locked
        );`;
}

/** The tasks in `picked` are in progress, under a fence of their own. */
export const begin = `with begun as (
      update tasks t
      set status = 'in_progress', fence = t.fence + 1, attempts = t.attempts + 1, updated_at = at, revision = t.revision + 1
      where t.workspace_id = $1 and t.id = any(picked)
      returning t.id, t.labels
    )
    select array_agg(b.id) into labelled
    from begun b
    where b.labels <> '{}';
    if labelled is not null then
      update task_labels l
      set ready = false, status = 'in_progress'
      where l.workspace_id = $1 and l.task_id = any(labelled);
    end if;`;

/** What the event of a claim says of the task `t`, which is claimed by now: the columns before and after. `was` is its status before. */
export function claimedImages({ was, holder, leaseEnd }: Record<'was' | 'holder' | 'leaseEnd', string>): string {
  return `jsonb_build_object('status', ${was}, 'claimed_by', null, 'lease_expires_at', null, 'fence', t.fence - 1, 'attempts', t.attempts - 1),
      jsonb_build_object('status', t.status, 'claimed_by', ${holder}, 'lease_expires_at', ${leaseEnd},
        'fence', t.fence, 'attempts', t.attempts)`;
}

/**
 * Deferred tasks whose time has come are pending again: nobody did that, and no process has to run for it. They are in `due`,
 * and what follows of the same kind belongs to the same operation.
 */
export const endDeferrals = (operation: string) => `
  if exists (select from tasks t where t.workspace_id = $1 and t.defer_until <= at) then
    select array_agg(x.id) into due
    from (
      select t.id
      from tasks t
      where t.workspace_id = $1 and t.defer_until <= at
      order by t.defer_until
      limit ${expiredAtOnce}
      for no key update skip locked
    ) x;
    if due is not null then
    ${recordOperation({ id: operation, actor: "'goal-agent'" })}
      insert into events (${eventColumns})
      select $1, operation_seq, 'deferral_ended', t.goal_id, t.id,
        jsonb_build_object('status', t.status, 'defer_until', t.defer_until), '{"status": "pending", "defer_until": null}'
      from tasks t
      where t.workspace_id = $1 and t.id = any(due)
      order by t.number;
      update tasks t
      set status = 'pending', defer_until = null, updated_at = at, revision = t.revision + 1
      where t.workspace_id = $1 and t.id = any(due);
      ${followedTaskLabels('due')};
      ${moveReadyStarts('t.id = any(due)')}
    end if;
  end if;`;

/**
 * Gives back tasks whose lease ran out: they are ready again, under the fence that they had, so that a holder who comes
 * back before anybody else took the task is still welcome. A task that was claimed `maxAttempts` times (its goal's
 * metadata may say otherwise) without an end is failed; where it has no result, that says who had claimed it. A lease that was
 * renewed a moment ago is left alone.
 */
export const endLeases = (first = '') => `
  if exists (select from claims c where c.workspace_id = $1 and c.expires_at <= at) then
    select array_agg(x.id) into ended
    from (
      select t.id
      from claims c
      join tasks t on t.workspace_id = $1 and t.id = c.task_id
      where c.workspace_id = $1 and c.expires_at <= at
      order by ${first}c.expires_at
      limit ${expiredAtOnce}
      for no key update of t skip locked
      for update of c skip locked
    ) x;
    with given_back as (
      delete from claims c
      where c.workspace_id = $1 and c.task_id = any(ended) and c.expires_at <= at
      returning c.task_id, c.holder, c.expires_at
    )
    select array_agg(g.task_id), jsonb_object_agg(g.task_id, jsonb_build_object('claimed_by', g.holder, 'lease_expires_at', g.expires_at))
    into ended, held
    from given_back g;
    if ended is not null then
      select array_agg(t.id) into given_up
      from tasks t
      join goals g on g.workspace_id = $1 and g.id = t.goal_id
      where t.workspace_id = $1 and t.id = any(ended)
        and t.attempts >= case
          when jsonb_typeof(g.metadata -> 'max_attempts') = 'number' then (g.metadata ->> 'max_attempts')::numeric
          else p_max_attempts
        end;
    if due is null then
    ${recordOperation({ id: 'p_leases_operation', actor: "'goal-agent'" })}
    end if;
      insert into events (${eventColumns})
      select $1, operation_seq, 'lease_ended', x.goal_id, x.id, x.before, x.after
      from (
        select t.goal_id, t.id, t.number,
        held -> t.id || jsonb_build_object('status', t.status)
          || case when t.id = any(given_up) then jsonb_build_object('attempts', t.attempts, 'result', t.result) else '{}' end as before,
        jsonb_build_object('claimed_by', null, 'lease_expires_at', null)
          || case
            when t.id = any(given_up) then jsonb_build_object('status', 'failed', 'attempts', 0, 'result', case
              when t.result <> 'null' then t.result
              else jsonb_build_object(
                'error', 'claimed ' || t.attempts || ' times without an end',
                'claims', (
                  select jsonb_agg(jsonb_build_object('agent', v.actor, 'at', v.at) order by v.seq)
                  from (
                    select o.actor, o.at, e.seq
                    from events e
                    join operations o on o.workspace_id = $1 and o.seq = e.operation
                    where e.workspace_id = $1 and e.task_id = t.id and e.action = 'claimed'
                    order by e.seq desc
                    limit t.attempts
                  ) v
                )
              )
            end)
            else jsonb_build_object('status', 'pending')
          end as after
        from tasks t
        where t.workspace_id = $1 and t.id = any(ended)
        offset 0
      ) x
      order by x.number;
      update tasks t
      set status = case when t.id = any(given_up) then 'failed'::task_status else 'pending' end,
        attempts = case when t.id = any(given_up) then 0 else t.attempts end,
        result = coalesce(e.after -> 'result', t.result),
        updated_at = at,
        revision = t.revision + 1
      from events e
      where t.workspace_id = $1 and t.id = any(ended)
        and e.workspace_id = $1 and e.operation = operation_seq and e.task_id = t.id;
      ${followedTaskLabels('ended')};
      ${moveReadyStarts('t.id = any(ended)')}
    end if;
  end if;`;
