// A planner breaks a goal down, shows its plan, and is told of each change while another agent works.
// node examples/planner.mjs
import { connect } from './connect.mjs';

const planner = await connect('planner');
const { id: goalId } = await planner.call('create_goal', { description: 'Ship the mobile app' });
await planner.call('break_down_goal', {
  goal_id: goalId,
  subtasks: [
    { key: 'login', description: 'Build the sign-in page', estimated_effort: '1d' },
    { key: 'sync', description: 'Sync in the background', estimated_effort: '3d' },
    { key: 'beta', description: 'Run the beta', estimated_effort: '1w', dependencies: ['login', 'sync'] },
  ],
});
const { execution_phases, critical_path } = await planner.call('generate_execution_plan', { goal_id: goalId });
console.log(`${execution_phases.length} phases; critical path: ${critical_path.task_ids.join(', ')}`);

// wakes when the goal or one of its tasks changes, in whichever process
const uri = `goal://${goalId}`;
let changed = () => {};
planner.client.setNotificationHandler('notifications/resources/updated', () => changed());
const watching = await planner.client.listen({ resourceSubscriptions: [uri] });

const worker = await connect('worker');
const working = workOn(worker);
for (;;) {
  const next = new Promise((resolve) => {
    changed = resolve;
  });
  // looked at after the promise was made: no change falls in between
  const { progress, status } = await planner.call('get_goal', { goal_id: goalId });
  console.log(`${progress.completed} of ${progress.total} tasks completed`);
  if (status === 'completed') break;
  await next;
}
await working;
const { contents } = await planner.client.readResource({ uri });
console.log(contents[0].text.split('\n', 1)[0]);
await watching.close();
await Promise.all([planner.close(), worker.close()]);

async function workOn(agent) {
  for (;;) {
    const [task] = (await agent.call('claim_tasks', { goal_id: goalId })).tasks;
    if (task === undefined) return;
    await agent.call('update_task_status', { task_id: task.id, status: 'completed', fence: task.fence });
  }
}
