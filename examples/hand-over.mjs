// Hand-over after a crash: one agent dies in the middle of a task. Its lease ends, and another agent goes on from its notes.
// The first agent's fence is worth nothing afterwards.
// node examples/hand-over.mjs
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from './connect.mjs';

const first = await connect('first');
const { id: goalId } = await first.call('create_goal', { description: 'Move billing to the new ledger' });
await first.call('break_down_goal', { goal_id: goalId, subtasks: [{ description: 'Copy the open invoices' }] });

const leaseSeconds = 10;
const claim = { goal_id: goalId, lease_seconds: leaseSeconds };
const [mine] = (await first.call('claim_tasks', claim)).tasks;
await first.call('add_note', { task_id: mine.id, text: 'Copied January to June; July has duplicates, see #118.' });
first.crash();
console.log(`first crashed while it held ${mine.id}.`);

const second = await connect('second');
const task = await whenFree(second);
const { notes } = await second.call('get_task', { task_id: task.id });
console.log(`second goes on with ${task.id}: ${notes[0].text}`);

// what the first agent would try if it came back
const late = await connect('first');
await late
  .call('update_task_status', { task_id: mine.id, status: 'completed', fence: mine.fence })
  .catch((error) => console.log(`first came back late and was refused: ${error.message}`));

await second.call('update_task_status', { task_id: task.id, status: 'completed', fence: task.fence });
const { status } = await second.call('get_goal', { goal_id: goalId });
console.log(`${goalId} is ${status}.`);
await Promise.all([late.close(), second.close()]);

/** Waits as long as the answer says, and no longer. */
async function whenFree(agent) {
  for (;;) {
    const { tasks, come_back_at } = await agent.call('claim_tasks', { ...claim, lease_seconds: 900 });
    if (tasks.length > 0) return tasks[0];
    console.log(`second waits for the lease to end: ${come_back_at}`);
    await sleep(Math.max(100, Date.parse(come_back_at) - Date.now()));
  }
}
