// A day of one agent: it looks where things stand, plans what is new, and works until nothing is left.
// node examples/day.mjs
import { connect } from './connect.mjs';

const agent = await connect('day');
const { briefing } = await agent.call('get_briefing');
console.log(briefing);

const wish = 'People sign in with OAuth';
const { results } = await agent.call('search', { query: wish, kind: 'goal' });
const open = results.find(({ status }) => status === 'planned' || status === 'in_progress');
const goalId = open?.goal_id ?? (await plan());
console.log(`Working on ${goalId}.`);

for (;;) {
  const { tasks, reason } = await agent.call('claim_tasks', { goal_id: goalId });
  const [task] = tasks;
  if (task === undefined) {
    console.log(reason);
    break;
  }
  const result = await work(task);
  const done = { task_id: task.id, status: 'completed', result, fence: task.fence };
  const { made_ready, goal_status } = await agent.call('update_task_status', done);
  console.log(`${task.id} is done; ready now: ${made_ready.join(', ') || 'nothing new'}.`);
  if (goal_status === 'completed') console.log(`${goalId} is completed.`);
}
await agent.close();

async function plan() {
  const { id } = await agent.call('create_goal', { description: wish, priority: 'high' });
  await agent.call('break_down_goal', {
    goal_id: id,
    subtasks: [
      { key: 'design', description: 'Design the token flow', estimated_effort: '1d' },
      { key: 'api', description: 'Build /auth/login', estimated_effort: '2d', dependencies: ['design'] },
      { description: 'Write the tests', estimated_effort: '1d', dependencies: ['api'] },
    ],
  });
  return id;
}

/** What an agent would do here; it keeps what the next one needs to know. */
async function work(task) {
  await agent.call('add_note', { task_id: task.id, text: `Looked at what "${task.description}" needs.` });
  return `${task.description}: done`;
}
