import { waitingMark } from '../listener.ts';
import { begunOperations, noteBegun } from '../statements/begun-pieces.ts';
import { lockedUpward } from '../statements/goal-tree-pieces.ts';
import { isReady, replacedWords } from '../statements/sql.ts';

// Pieces of PL/pgSQL that several functions share. `$1` is the workspace.

/** Walks the edges: under it, nobody adds or takes away an edge (docs/decisions/locking.md). */
export const lockGraphShared = `  perform pg_advisory_xact_lock_shared(1196376898, ($1 % 2147483647)::int4);`;

/** Adds or takes away edges or tasks, or closes a goal. */
export const lockGraphExclusive = `  perform pg_advisory_xact_lock(1196376898, ($1 % 2147483647)::int4);`;

/**
 * Keeps the workspace from being deleted until the transaction ends, and fails where it was: nothing else of a new goal needs
 * a row that is there.
 */
export const holdWorkspace = `  perform pg_advisory_xact_lock_shared(1196376899, ($1 % 2147483647)::int4);
  if not exists (select from counters c where c.workspace_id = $1 and c.kind = 'goal') then
    raise foreign_key_violation using constraint = 'goals_workspace_exists', message = 'the workspace was deleted';
  end if;`;

/**
 * Makes the operation, now that its locks are held, and puts its number into `operation_seq`. A request has made it
 * before, with its id, and so has another step or function of this transaction. Any other that is there was committed by a try
 * whose connection was lost, and is not done again.
 */
export function recordOperation({ id = 'p_operation', actor = 'p_actor', reason = 'null' } = {}): string {
  return `  is_begun := strpos(${begunOperations}, ${id}::text) > 0;
  insert into operations as o (workspace_id, id, actor, reason)
  values ($1, ${id}, ${actor}, ${reason})
  on conflict (workspace_id, id) do update set actor = excluded.actor, reason = excluded.reason
  where o.request_id is not null or is_begun
  returning o.seq into operation_seq;
  if operation_seq is null then
    raise unique_violation using constraint = 'operations_id_unique', message = 'the operation is there already';
  end if;
  perform ${noteBegun(id)};`;
}

/** Locks goals and those above them, as count_sub_goals needs them, before the operation takes its number. */
export function lockUpward(ids: string): string {
  return `perform from (${lockedUpward(ids)}) as locked;`;
}

/** The variables of recordOperation. */
export const operationVariables = { operation_seq: 'int8', is_begun: 'bool' } as const;

/** The columns of an event, in the order in which every statement that records one gives them. */
export const eventColumns = 'workspace_id, operation, action, goal_id, task_id, before, after';

/** The words that a row is found by, and those of it that stay: src/store/words-of.ts. None where no text changes. */
export const wordsParams = { words: 'text?', keptWeights: 'text[]' } as const;

/** Words of texts that change, in place of those that the row had for them. */
export function replaceWords(table: 'goal_words' | 'task_words', key: string): string {
  return `  if p_words is not null then
    update ${table} w
    set words = ${replacedWords('p_kept_weights', 'p_words')}
    where w.workspace_id = $1 and w.${key} = p_${key};
  end if;`;
}

/** The key of the lock that guards where ready work begins (docs/decisions/ready-work.md). */
export const readyStartsLock = `1380270170, ($1 % 2147483647)::int4`;

/** Where those are told who wait for ready tasks of a workspace, by its ID: docs/decisions/waits.md. */
export const readyChannel = 'goal_agent_ready_';

/** The same for named resources. */
export const resourcesChannel = 'goal_agent_resources_';

/**
 * Tells those who wait on this channel, in whichever process, once the transaction is committed; nobody where nobody waits. A
 * transaction that notifies holds a lock of the whole cluster while its commit is flushed, so each would wait for the one before
 * it: those who wait have a mark (listener.ts), and this looks for one, by a lock that is given back at once.
 */
export function notifyWaiting(channel: string, condition: string): string {
  const key = `${waitingMark}, hashtext(${channel})`;
  return `if pg_try_advisory_lock(${key}) then
      perform pg_advisory_unlock(${key});
    elsif ${condition} then
      perform pg_notify(${channel}, '');
    end if;`;
}

/**
 * After tasks, `t`, may have become ready: ready work begins no later than at the first of them, they are found by their
 * labels, and those who wait are told. The lock comes first, so that whoever moves the start on has either seen these
 * tasks, or is seen.
 */
export function moveReadyStarts(condition: string): string {
  return `perform pg_advisory_xact_lock_shared(${readyStartsLock});
    update ready_starts s
    set number = r.number
    from (
      select t.priority, min(t.number) as number
      from tasks t
      where t.workspace_id = $1 and ${condition} and ${isReady('t')}
      group by t.priority
    ) r
    where s.workspace_id = $1 and s.priority = r.priority and s.number > r.number;
    update task_labels l
    set ready = true
    where l.workspace_id = $1 and not l.ready and l.task_id = any(array(
      select t.id
      from tasks t
      where t.workspace_id = $1 and ${condition} and t.labels <> '{}' and ${isReady('t')}
    ));
    ${notifyWaiting(`'${readyChannel}' || $1`, `exists (select from tasks t where t.workspace_id = $1 and ${condition} and ${isReady('t')})`)}`;
}
