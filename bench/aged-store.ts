import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { beginFilling, fillPart, letFill } from './filled-store.ts';
import { fills, historyPerGoal, tasksPerGoal } from './fills.ts';

/** Tasks that are made, done and half of them deleted, before the next ones come. */
const perRound = 50_000;
/** The newest, which are there as in any store. */
const kept = 1_000;

const round = 'between $3 and $4';
const ofTasks = `t.workspace_id = $1 and t.number ${round}`;
/** Every second goal is deleted. */
const goesAway = (number: string) => `${number} % 2 = 0`;
const goalOf = (number: string) => `((${number} - 1) / ${tasksPerGoal} + 1)`;
const deleteRows = (table: string, condition: string) => ({
  of: 'tasks' as const,
  text: `delete from ${table} x using tasks t where ${ofTasks} and ${goesAway(goalOf('t.number'))} and x.workspace_id = $1 and ${condition}`,
});
const deletion = (goal: string, place: string) => `$5::int8 + (${goal} - 1) * ${historyPerGoal} + 60 + ${place}`;

/** What becomes of the tasks of a round, and of their goals. `$3` and `$4` are the first and the last number. */
const lives: readonly { of: 'goals' | 'tasks'; text: string }[] = [
  {
    of: 'tasks',
    text: `update tasks t set status = 'in_progress', completed_at = null, result = null, parked = false, defer_until = null, open_dependencies = 0, fence = t.fence + 1, attempts = 1 where ${ofTasks}`,
  },
  {
    of: 'tasks',
    text: `
      insert into claims (workspace_id, task_id, holder, expires_at)
      select $1, t.id, 'agent-' || t.number % 40, now() + interval '15 minutes'
      from tasks t
      where ${ofTasks}
      on conflict do nothing`,
  },
  {
    of: 'tasks',
    text: `update tasks t set status = 'completed', completed_at = t.created_at + interval '1 hour', result = '{"summary":"done"}', attempts = 0 where ${ofTasks}`,
  },
  {
    of: 'tasks',
    text: `delete from claims x using tasks t where ${ofTasks} and x.workspace_id = $1 and x.task_id = t.id`,
  },
  { of: 'tasks', text: `update task_labels t set ready = false, status = 'in_progress' where ${ofTasks}` },
  { of: 'tasks', text: `update task_labels t set status = 'completed' where ${ofTasks}` },
  {
    of: 'goals',
    text: `update goals g set status = 'completed', open_tasks = 0 where g.workspace_id = $1 and g.number ${round}`,
  },
  ...['goal_repos', 'goal_labels'].map((table) => ({
    of: 'goals' as const,
    text: `update ${table} g set status = 'completed' where g.workspace_id = $1 and g.number ${round}`,
  })),
  {
    of: 'goals',
    text: `
      insert into operations (workspace_id, seq, id, actor, at)
      select $1, ${deletion('g.number', '0')}, gen_random_uuid(), 'cleaner', g.created_at + interval '2 days'
      from goals g
      where g.workspace_id = $1 and g.number ${round} and ${goesAway('g.number')}`,
  },
  {
    of: 'tasks',
    text: `
      insert into events (workspace_id, seq, operation, action, goal_id, task_id, before)
      select $1, ${deletion(goalOf('t.number'), `1 + t.number % ${tasksPerGoal}`)}, ${deletion(goalOf('t.number'), '0')}, 'deleted', t.goal_id, t.id, to_jsonb(t)
      from tasks t
      where ${ofTasks} and ${goesAway(goalOf('t.number'))}`,
  },
  deleteRows('task_words', 'x.task_id = t.id'),
  deleteRows('task_labels', 'x.task_id = t.id'),
  deleteRows('task_dependencies', 'x.task_id = t.id'),
  deleteRows('notes', 'x.goal_id = t.goal_id'),
  { of: 'tasks', text: `delete from tasks t where ${ofTasks} and ${goesAway(goalOf('t.number'))}` },
  {
    of: 'goals',
    text: `delete from goal_words x using goals g where g.workspace_id = $1 and g.number ${round} and ${goesAway('g.number')} and x.workspace_id = $1 and x.goal_id = g.id`,
  },
  ...['goal_repos', 'goal_labels', 'goals'].map((table) => ({
    of: 'goals' as const,
    text: `delete from ${table} g where g.workspace_id = $1 and g.number ${round} and ${goesAway('g.number')}`,
  })),
];

/**
 * Fills an empty workspace as time does. Round by round tasks are made, claimed and completed, and half of them are deleted,
 * with every index in its place. All but the newest thousand have gone through. Nothing is vacuumed or analyzed but by what
 * the server does by itself.
 */
export async function ageStore(client: pg.Client, workspaceId: number, count: number): Promise<void> {
  await letFill(client);
  // the planner knows of few rows when a round begins, and would look for each of them among all of the round
  await client.query('set enable_nestloop = off');
  const filling = await beginFilling(client, workspaceId, count);
  const run = async (kinds: typeof fills, first: number, last: number) => {
    for (const { of, text } of kinds) {
      const [from, to] = of === 'tasks' ? [first, last] : [goalAt(first), goalAt(last)];
      await fillPart(client, filling, { text, first: from, last: to });
    }
  };
  for (let first = 1; first <= count; first += perRound) {
    const last = Math.min(count, first + perRound - 1);
    await run(fills, first, last);
    await run(lives, first, Math.min(last, count - kept));
  }
  await client.query('reset all; checkpoint');
  await untilCalm(client);
}

const goalAt = (task: number) => Math.floor((task - 1) / tasksPerGoal) + 1;

/** Autovacuum may come a minute later, and has its time. */
async function untilCalm(client: pg.Client): Promise<void> {
  for (let calm = 0; calm < 7; ) {
    await sleep(10_000);
    const { rows } = await client.query(
      `select count(*)::int4 as working from pg_stat_activity where backend_type = 'autovacuum worker'`,
    );
    calm = rows[0].working > 0 ? 0 : calm + 1;
  }
}
