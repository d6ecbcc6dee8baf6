import { call, type EvalCase, type WorldCall } from './case.ts';

const oauth = [
  { description: 'Compare OAuth providers and choose one', estimated_effort: '4h' },
  { description: 'Design the token flow', estimated_effort: '1d', dependencies: ['#1'] },
  { description: 'Ask the lawyers about consent screens', estimated_effort: '1h' },
  { description: 'Build /auth/login and /auth/callback', estimated_effort: '2d', criteria: ['tests pass'] },
  { description: 'Get the keys of the vendor' },
  { description: 'Refresh and revoke tokens', estimated_effort: '1d' },
  { description: 'Announce the change on the start page', labels: ['frontend'] },
  { description: 'Move users with passwords over', dependencies: ['#3'] },
  { description: 'Write integration tests', estimated_effort: '1d', dependencies: ['#4'] },
  { description: 'Add the sign-in page', labels: ['frontend'] },
  { description: 'Add a page to sign in', labels: ['frontend'] },
  { description: 'Test the callback under load' },
];

const release = [
  { description: 'Write the outline of the notes on 3.1' },
  { description: 'Draft the notes on 3.1', dependencies: ['#1'] },
  { description: 'Publish 3.1', dependencies: ['#2'] },
];

const byBuilder = (tool: string, input: Record<string, unknown>): WorldCall => ({ as: 'builder', tool, input });

/** A store in the middle of work: this agent holds TASK-0013, and another one TASK-0002. */
const busy: WorldCall[] = [
  call('create_goal', { description: 'Add OAuth sign-in to the API', priority: 'high', repos: ['backend'] }),
  call('break_down_goal', { goal_id: 'GOAL-0001', subtasks: oauth }),
  call('create_goal', { description: 'Release 3.1' }),
  call('break_down_goal', { goal_id: 'GOAL-0002', subtasks: release }),
  call('create_goal', { description: 'Try the new tracker', priority: 'low' }),
  call('break_down_goal', { goal_id: 'GOAL-0003', subtasks: [{ description: 'Click on everything' }] }),
  call('create_goal', { description: 'Move the docs to the new site' }),
  byBuilder('update_task_status', { task_id: 'TASK-0001', status: 'completed', result: 'The one with device flow.' }),
  byBuilder('claim_tasks', { task_ids: ['TASK-0002'] }),
  call('claim_tasks', { task_ids: ['TASK-0013'] }),
  call('update_task_status', { task_id: 'TASK-0008', status: 'blocked', result: 'Waits for the lawyers.' }),
  call('add_note', { task_id: 'TASK-0006', text: 'Refresh tokens are rotated at each use.' }),
];

export const worlds: Record<EvalCase['world'], readonly WorldCall[]> = { empty: [], busy };
