import { call, type EvalCase } from '../case.ts';
import { oneOf, something } from '../pattern.ts';

const task = (id: string) => call('get_task', { task_id: id });
const status = (id: string, name: string, more: Record<string, unknown> = {}) =>
  call('update_task_status', { task_id: id, status: name, ...more });
const finished = ['TASK-0010', 'TASK-0011', 'TASK-0012'].map((id) => ({ task_id: id, status: 'completed' }));

/** How tasks stand, and what they are. */
export const progress: EvalCase[] = [
  {
    says: 'I am going to do TASK-0012 now.',
    world: 'busy',
    accepts: [
      { tool: 'claim_tasks', input: { task_ids: ['TASK-0012'] } },
      { tool: 'update_task_status', input: { task_id: 'TASK-0012', status: 'in_progress' } },
    ],
    calls: [call('claim_tasks', { task_ids: ['TASK-0012'] })],
    outcome: { see: task('TASK-0012'), shows: { status: 'in_progress' } },
  },
  {
    says: 'I finished TASK-0012. It needed 3 retries, because the API was slow.',
    world: 'busy',
    accepts: [
      { tool: 'update_task_status', input: { task_id: 'TASK-0012', status: 'completed', result: /\b3\b|three/i } },
    ],
    calls: [status('TASK-0012', 'completed', { result: 'Done. It took 3 retries, since the API was slow.' })],
    outcome: { see: task('TASK-0012'), shows: { status: 'completed', result: /3 retries/ } },
  },
  {
    says: 'TASK-0013, which I hold with fence 1, is done: the outline is in docs/outline.md. Give me the next task of this goal right away.',
    world: 'busy',
    accepts: [
      {
        tool: 'update_task_status',
        input: { task_id: 'TASK-0013', status: 'completed', result: /outline/, claim_next: true },
      },
    ],
    calls: [
      status('TASK-0013', 'completed', { result: 'The outline is in docs/outline.md.', fence: 1, claim_next: true }),
    ],
    outcome: { shows: { status: 'completed', next: { id: 'TASK-0014' } } },
  },
  {
    says: 'I cannot go on with TASK-0005 for now: the vendor has not sent the keys yet.',
    world: 'busy',
    accepts: [{ tool: 'update_task_status', input: { task_id: 'TASK-0005', status: 'blocked', result: /key/i } }],
    calls: [status('TASK-0005', 'blocked', { result: 'The vendor has not sent the keys.' })],
    outcome: { see: call('list_tasks', { status: 'blocked' }), shows: { tasks: [{ id: 'TASK-0005' }] } },
  },
  {
    says: 'The attempt at TASK-0006 went wrong: the library cannot revoke tokens. It has failed.',
    world: 'busy',
    accepts: [{ tool: 'update_task_status', input: { task_id: 'TASK-0006', status: 'failed', result: /revoke/i } }],
    calls: [status('TASK-0006', 'failed', { result: 'The library cannot revoke tokens.' })],
    outcome: { see: task('TASK-0006'), shows: { status: 'failed' } },
  },
  {
    says: 'TASK-0007 must not start before Friday.',
    world: 'busy',
    accepts: [
      { tool: 'update_task_status', input: { task_id: 'TASK-0007', status: 'deferred', defer_until: something } },
    ],
    calls: [status('TASK-0007', 'deferred', { defer_until: '3d' })],
    outcome: { see: task('TASK-0007'), shows: { status: 'deferred', defer_until: something } },
  },
  {
    says: 'We do not need TASK-0003 any more. Drop it, and let the tasks that wait for it go ahead.',
    world: 'busy',
    accepts: [{ tool: 'update_task_status', input: { task_id: 'TASK-0003', status: 'cancelled', waive: true } }],
    calls: [status('TASK-0003', 'cancelled', { waive: true })],
    outcome: { see: task('TASK-0003'), shows: { status: 'cancelled', waived: true } },
  },
  {
    says: 'TASK-0004 is done, and its criterion "tests pass" is met.',
    world: 'busy',
    accepts: [
      {
        tool: 'update_task_status',
        input: { task_id: 'TASK-0004', status: 'completed', criteria_met: [oneOf('tests pass', 1)] },
      },
    ],
    calls: [status('TASK-0004', 'completed', { criteria_met: ['tests pass'] })],
    outcome: {
      see: task('TASK-0004'),
      shows: { status: 'completed', criteria: [{ text: 'tests pass', met_by: something }] },
    },
  },
  {
    says: 'TASK-0010, TASK-0011 and TASK-0012 are all done.',
    world: 'busy',
    accepts: [{ tool: 'batch_update_tasks', input: { updates: finished } }],
    calls: [call('batch_update_tasks', { updates: finished })],
    outcome: { see: task('TASK-0011'), shows: { status: 'completed' } },
  },
  {
    says: 'TASK-0009 cannot begin before TASK-0005 is finished, either.',
    world: 'busy',
    accepts: [{ tool: 'update_task', input: { task_id: 'TASK-0009', add_dependencies: ['TASK-0005'] } }],
    calls: [call('update_task', { task_id: 'TASK-0009', add_dependencies: ['TASK-0005'] })],
    outcome: { see: task('TASK-0009'), shows: { dependencies: ['TASK-0004', 'TASK-0005'] } },
  },
  {
    says: 'TASK-0016 belongs to GOAL-0001. Put it there.',
    world: 'busy',
    accepts: [{ tool: 'update_task', input: { task_id: 'TASK-0016', goal_id: 'GOAL-0001' } }],
    calls: [call('update_task', { task_id: 'TASK-0016', goal_id: 'GOAL-0001' })],
    outcome: { see: task('TASK-0016'), shows: { goal_id: 'GOAL-0001' } },
  },
  {
    says: 'TASK-0006 is going to take two days, I think.',
    world: 'busy',
    accepts: [{ tool: 'update_task', input: { task_id: 'TASK-0006', estimated_effort: /^(2|two) ?d/i } }],
    calls: [call('update_task', { task_id: 'TASK-0006', estimated_effort: '2d' })],
    outcome: { see: task('TASK-0006'), shows: { estimated_effort: '2d' } },
  },
  {
    says: 'TASK-0011 is the same as TASK-0010. Delete it.',
    world: 'busy',
    accepts: [{ tool: 'delete_task', input: { task_id: 'TASK-0011' } }],
    calls: [call('delete_task', { task_id: 'TASK-0011' })],
    outcome: { see: call('batch_get_tasks', { task_ids: ['TASK-0011'] }), shows: { not_found: ['TASK-0011'] } },
  },
];
