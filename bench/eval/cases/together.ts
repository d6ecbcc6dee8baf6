import { call, type EvalCase, type ToolAnswer } from '../case.ts';
import { atLeast } from '../pattern.ts';

const task = (id: string) => call('get_task', { task_id: id });

/** Agents that work beside each other, and what one of them takes back. */
export const together: EvalCase[] = [
  {
    says: 'Take a task of GOAL-0001, so that no other agent works on the same one.',
    world: 'busy',
    accepts: [{ tool: 'claim_tasks', input: { goal_id: 'GOAL-0001' } }],
    calls: [call('claim_tasks', { goal_id: 'GOAL-0001' })],
    outcome: { shows: { tasks: [{ id: 'TASK-0003' }] } },
  },
  {
    says: 'Take three tasks that are labelled frontend for yourself.',
    world: 'busy',
    accepts: [{ tool: 'claim_tasks', input: { labels: ['frontend'], limit: 3 } }],
    calls: [call('claim_tasks', { labels: ['frontend'], limit: 3 })],
    outcome: { shows: { tasks: atLeast(3) } },
  },
  {
    says: 'As soon as there is something to do in GOAL-0003, take it. Wait for it for up to half a minute.',
    world: 'busy',
    accepts: [{ tool: 'claim_tasks', input: { goal_id: 'GOAL-0003', wait_seconds: 30 } }],
    calls: [call('claim_tasks', { goal_id: 'GOAL-0003', wait_seconds: 30 })],
    outcome: { shows: { tasks: [{ id: 'TASK-0016' }] } },
  },
  {
    says: 'I still work on TASK-0013. Keep it for me for another hour; my fence is 1.',
    world: 'busy',
    accepts: [{ tool: 'claim_tasks', input: { task_ids: ['TASK-0013'], lease_seconds: 3_600 } }],
    calls: [call('claim_tasks', { task_ids: ['TASK-0013'], lease_seconds: 3_600, fence: 1 })],
    outcome: { shows: { renewed: [{ task_id: 'TASK-0013' }] } },
  },
  {
    says: 'I have to stop here and will not finish TASK-0013. Somebody else should take it.',
    world: 'busy',
    accepts: [{ tool: 'release_tasks', input: { task_ids: ['TASK-0013'] } }],
    calls: [call('release_tasks', { task_ids: ['TASK-0013'], reason: 'The session ends.' })],
    outcome: { see: call('get_next_tasks', { goal_id: 'GOAL-0002' }), shows: { tasks: [{ id: 'TASK-0013' }] } },
  },
  {
    says: 'Lock src/auth while I edit there.',
    world: 'busy',
    accepts: [{ tool: 'acquire', input: { names: [/src\/auth/] } }],
    calls: [call('acquire', { names: ['src/auth/**'] })],
    outcome: { shows: { held: [{ name: 'src/auth/**' }] } },
  },
  {
    says: 'For ten minutes I only read on staging. Others may read there too, but nobody may have it to themselves.',
    world: 'busy',
    accepts: [{ tool: 'acquire', input: { names: [/staging/], shared: true } }],
    calls: [call('acquire', { names: ['staging'], shared: true, lease_seconds: 600 })],
    outcome: { shows: { held: [{ name: 'staging', shared: true }] } },
  },
  {
    says: 'I am done with src/auth/**. Let others in again.',
    world: 'busy',
    before: [call('acquire', { names: ['src/auth/**'] })],
    accepts: [{ tool: 'release', input: { names: ['src/auth/**'] } }],
    calls: [call('release', { names: ['src/auth/**'] })],
    outcome: { shows: { released: ['src/auth/**'] } },
  },
  {
    says: 'Whoever does TASK-0004 after us should know that the sandbox is reset at midnight UTC. Write that down there.',
    world: 'busy',
    accepts: [{ tool: 'add_note', input: { task_id: 'TASK-0004', text: /midnight/i } }],
    calls: [call('add_note', { task_id: 'TASK-0004', text: 'The sandbox is reset at midnight UTC.' })],
    outcome: { see: task('TASK-0004'), shows: { notes: [{ text: /midnight/ }] } },
  },
  {
    says: 'That was a mistake. Take back what you have just changed.',
    world: 'busy',
    before: [call('update_task', { task_id: 'TASK-0006', priority: 'low' })],
    accepts: [{ tool: 'undo' }],
    calls: [call('undo')],
    outcome: { see: task('TASK-0006'), shows: { priority: 'medium' } },
  },
  {
    says: 'builder says that it completed TASK-0012, but it did not. Undo what that agent did there.',
    world: 'busy',
    before: [{ as: 'builder', tool: 'update_task_status', input: { task_id: 'TASK-0012', status: 'completed' } }],
    accepts: [
      { tool: 'get_history', input: { task_id: 'TASK-0012' } },
      { tool: 'get_history', input: { actor: 'builder' } },
    ],
    calls: [
      call('get_history', { task_id: 'TASK-0012' }),
      ([history]) => call('undo', { event_id: newestEvent(history) }),
    ],
    outcome: { see: task('TASK-0012'), shows: { status: 'pending' } },
  },
];

function newestEvent(history: ToolAnswer | undefined): unknown {
  const events = history?.events as { event_id: unknown }[] | undefined;
  return events?.[0]?.event_id;
}
