import { call, type EvalCase } from '../case.ts';
import { atLeast, something } from '../pattern.ts';

/** What somebody wants to know. */
export const looking: EvalCase[] = [
  {
    says: 'What should I work on next?',
    world: 'busy',
    accepts: [{ tool: 'get_next_tasks' }, { tool: 'claim_tasks' }, { tool: 'get_briefing' }],
    calls: [call('get_next_tasks')],
    outcome: { shows: { tasks: [{ id: 'TASK-0003' }] } },
  },
  {
    says: 'Which tasks of GOAL-0001 could be started now? I only want to look, so take nothing.',
    world: 'busy',
    accepts: [{ tool: 'get_next_tasks', input: { goal_id: 'GOAL-0001' } }],
    calls: [call('get_next_tasks', { goal_id: 'GOAL-0001' })],
    outcome: { shows: { tasks: [{ id: 'TASK-0003' }, { id: 'TASK-0004' }] } },
  },
  {
    says: 'I am back after the weekend. Where do things stand?',
    world: 'busy',
    accepts: [{ tool: 'get_briefing' }],
    calls: [call('get_briefing')],
    outcome: { shows: { briefing: /TASK-0002/ } },
  },
  {
    says: 'The agent before you crashed in the middle of its work. Find out what it was at, and take over.',
    world: 'busy',
    accepts: [{ tool: 'get_briefing' }, { tool: 'list_tasks', input: { status: 'in_progress' } }],
    calls: [call('get_briefing')],
    outcome: { shows: { briefing: /TASK-0002/ } },
  },
  {
    says: 'How far is GOAL-0001, and which of its tasks are open?',
    world: 'busy',
    accepts: [
      { tool: 'get_goal', input: { goal_id: 'GOAL-0001' } },
      { tool: 'get_briefing', input: { goal_id: 'GOAL-0001' } },
    ],
    calls: [call('get_goal', { goal_id: 'GOAL-0001' })],
    outcome: { shows: { progress: { total: 12, completed: 1 }, task_details: atLeast(10) } },
  },
  {
    says: 'Which of our goals have a high priority?',
    world: 'busy',
    accepts: [{ tool: 'list_goals', input: { priority: 'high' } }],
    calls: [call('list_goals', { priority: 'high' })],
    outcome: { shows: { goals: [{ id: 'GOAL-0001' }], total: 1 } },
  },
  {
    says: 'What exactly is to be done in TASK-0004, and when does it count as done?',
    world: 'busy',
    accepts: [{ tool: 'get_task', input: { task_id: 'TASK-0004' } }],
    calls: [call('get_task', { task_id: 'TASK-0004' })],
    outcome: { shows: { description: /callback/, criteria: [{ text: 'tests pass' }] } },
  },
  {
    says: 'Show me TASK-0003, TASK-0006 and TASK-0009 beside each other.',
    world: 'busy',
    accepts: [{ tool: 'batch_get_tasks', input: { task_ids: ['TASK-0003', 'TASK-0006', 'TASK-0009'] } }],
    calls: [call('batch_get_tasks', { task_ids: ['TASK-0003', 'TASK-0006', 'TASK-0009'] })],
    outcome: { shows: { tasks: [{ id: 'TASK-0003' }, { id: 'TASK-0009' }], total: 3 } },
  },
  {
    says: 'What is the agent called builder working on at the moment?',
    world: 'busy',
    accepts: [{ tool: 'list_tasks', input: { agent: 'builder' } }],
    calls: [call('list_tasks', { agent: 'builder' })],
    outcome: { shows: { tasks: [{ id: 'TASK-0002' }], count: 1 } },
  },
  {
    says: 'List everything that is blocked.',
    world: 'busy',
    accepts: [{ tool: 'list_tasks', input: { status: 'blocked' } }],
    calls: [call('list_tasks', { status: 'blocked' })],
    outcome: { shows: { tasks: [{ id: 'TASK-0008' }] } },
  },
  {
    says: 'Did anybody find out something about the rotation of refresh tokens?',
    world: 'busy',
    accepts: [{ tool: 'search', input: { query: /refresh|rotat/i } }],
    calls: [call('search', { query: 'refresh tokens' })],
    outcome: { shows: { results: [{ kind: 'note', task_id: 'TASK-0006' }] } },
  },
  {
    says: 'Who changed TASK-0001, and when?',
    world: 'busy',
    accepts: [{ tool: 'get_history', input: { task_id: 'TASK-0001' } }],
    calls: [call('get_history', { task_id: 'TASK-0001' })],
    outcome: { shows: { events: [{ line: /builder/ }] } },
  },
  {
    says: 'What has builder changed within the last two hours?',
    world: 'busy',
    accepts: [{ tool: 'get_history', input: { actor: 'builder', since: something } }],
    calls: [call('get_history', { actor: 'builder', since: '2h' })],
    outcome: { shows: { events: [{ line: /TASK-0001/ }, { line: /TASK-0002/ }] } },
  },
  {
    says: 'Does the goal store work at all? Which version is it, and which database is behind it?',
    world: 'busy',
    accepts: [{ tool: 'get_agent_status' }],
    calls: [call('get_agent_status')],
    outcome: { shows: { current_state: { goals: 4, tasks: 16 }, persistence: something } },
  },
];
