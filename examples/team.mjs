// A team: several agents, each with a server process of its own, share one goal. A claim gives a task to one of them alone.
// node examples/team.mjs
import { connect } from './connect.mjs';

const names = ['ada', 'bob', 'eve'];
const pages = 12;
const team = await Promise.all(names.map((name) => connect(name)));
const [lead] = team;
const { id: goalId } = await lead.call('create_goal', { description: 'Translate the handbook' });
await lead.call('break_down_goal', {
  goal_id: goalId,
  subtasks: Array.from({ length: pages }, (_, page) => ({ description: `Translate page ${page + 1}` })),
});

const done = new Map();
await Promise.all(team.map((agent, place) => work(agent, names[place])));
for (const name of names) console.log(`${name}: ${[...done].filter(([, by]) => by === name).length} pages`);
const { progress, status } = await lead.call('get_goal', { goal_id: goalId });
console.log(
  `${done.size} of ${pages} pages, each by one agent; ${progress.completed} are completed, ${goalId} is ${status}.`,
);
await Promise.all(team.map((agent) => agent.close()));

async function work(agent, name) {
  for (;;) {
    const { tasks } = await agent.call('claim_tasks', { goal_id: goalId, lease_seconds: 120 });
    const [task] = tasks;
    if (task === undefined) return;
    if (done.has(task.id)) throw new Error(`${task.id} was given to ${done.get(task.id)} and to ${name}`);
    done.set(task.id, name);
    await agent.call('update_task_status', { task_id: task.id, status: 'completed', fence: task.fence });
  }
}
