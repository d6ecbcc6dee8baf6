import { call, type EvalCase } from '../case.ts';
import { atLeast, oneOf, something } from '../pattern.ts';

/** Goals, and how they are broken down. */
export const planning: EvalCase[] = [
  {
    says: 'Customers should be able to pay by invoice. That is several days of work, and important. Keep track of it from now on.',
    world: 'empty',
    accepts: [{ tool: 'create_goal', input: { description: /invoice/i } }],
    calls: [call('create_goal', { description: 'Let customers pay by invoice', priority: 'high' })],
    outcome: { see: call('list_goals'), shows: { goals: [{ description: /invoice/i, priority: 'high' }] } },
  },
  {
    says: 'Start a part of its own for the mobile apps, below GOAL-0001.',
    world: 'busy',
    accepts: [{ tool: 'create_goal', input: { description: /mobile/i, parent_goal_id: 'GOAL-0001' } }],
    calls: [call('create_goal', { description: 'OAuth in the mobile apps', parent_goal_id: 'GOAL-0001' })],
    outcome: {
      see: call('list_goals', { parent_goal_id: 'GOAL-0001' }),
      shows: { goals: [{ description: /mobile/i }] },
    },
  },
  {
    says: 'New goal: pass the security audit. None of its tasks may count as done before all of its criteria are met.',
    world: 'empty',
    accepts: [{ tool: 'create_goal', input: { description: /audit/i, strict: true } }],
    calls: [call('create_goal', { description: 'Pass the security audit', strict: true })],
    outcome: { see: call('get_goal', { goal_id: 'GOAL-0001' }), shows: { strict: true } },
  },
  {
    says: 'Split GOAL-0004 into three steps: list the pages, then move them, then redirect the old addresses. Each step needs the one before it.',
    world: 'busy',
    accepts: [{ tool: 'break_down_goal', input: { goal_id: 'GOAL-0004', subtasks: atLeast(3) } }],
    calls: [
      call('break_down_goal', {
        goal_id: 'GOAL-0004',
        subtasks: [
          { description: 'List the pages' },
          { description: 'Move the pages', dependencies: ['#1'] },
          { description: 'Redirect the old addresses', dependencies: ['#2'] },
        ],
      }),
    ],
    outcome: { see: call('generate_execution_plan', { goal_id: 'GOAL-0004' }), shows: { total_phases: 3 } },
  },
  {
    says: 'GOAL-0001 also needs somebody to update the changelog, once TASK-0004 is done. Add that.',
    world: 'busy',
    accepts: [
      {
        tool: 'break_down_goal',
        input: { goal_id: 'GOAL-0001', subtasks: [{ description: /changelog/i, dependencies: ['TASK-0004'] }] },
      },
    ],
    calls: [
      call('break_down_goal', {
        goal_id: 'GOAL-0001',
        subtasks: [{ description: 'Update the changelog', dependencies: ['TASK-0004'] }],
      }),
    ],
    outcome: { see: call('get_task', { task_id: 'TASK-0017' }), shows: { dependencies: ['TASK-0004'] } },
  },
  {
    says: 'In which order can the rest of GOAL-0001 be done, and what may run at the same time?',
    world: 'busy',
    accepts: [{ tool: 'generate_execution_plan', input: { goal_id: 'GOAL-0001' } }],
    calls: [call('generate_execution_plan', { goal_id: 'GOAL-0001' })],
    outcome: { shows: { execution_phases: atLeast(2), critical_path: something } },
  },
  {
    says: 'Which task of GOAL-0001 holds up the most others?',
    world: 'busy',
    accepts: [{ tool: 'generate_execution_plan', input: { goal_id: 'GOAL-0001' } }],
    calls: [call('generate_execution_plan', { goal_id: 'GOAL-0001' })],
    outcome: { shows: { unblocks_most: something } },
  },
  {
    says: 'GOAL-0001 has to be finished by 15 December 2030.',
    world: 'busy',
    accepts: [{ tool: 'update_goal', input: { goal_id: 'GOAL-0001', due_at: /2030-12-15/ } }],
    calls: [call('update_goal', { goal_id: 'GOAL-0001', due_at: '2030-12-15' })],
    outcome: { see: call('get_goal', { goal_id: 'GOAL-0001' }), shows: { due_at: /2030-12-15/ } },
  },
  {
    says: 'We stop the work on GOAL-0004 for good. Keep it on record, though.',
    world: 'busy',
    accepts: [{ tool: 'update_goal', input: { goal_id: 'GOAL-0004', status: oneOf('cancelled', 'archived') } }],
    calls: [call('update_goal', { goal_id: 'GOAL-0004', status: 'cancelled' })],
    outcome: { see: call('get_goal', { goal_id: 'GOAL-0004' }), shows: { status: 'cancelled' } },
  },
  {
    says: 'GOAL-0003 was only a try. Remove it completely, with all that is in it.',
    world: 'busy',
    accepts: [{ tool: 'delete_goal', input: { goal_id: 'GOAL-0003' } }],
    calls: [call('delete_goal', { goal_id: 'GOAL-0003' })],
    outcome: { see: call('list_goals'), shows: { total: 3 } },
  },
];
