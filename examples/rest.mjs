// A script without MCP: a CI job that opens a task for what failed, and closes it when that works again. Any HTTP client will do.
// GOAL_AGENT_URL=http://127.0.0.1:7432 GOAL_AGENT_TOKEN=ga_… node examples/rest.mjs
const url = process.env.GOAL_AGENT_URL ?? 'http://127.0.0.1:7432';
const token = process.env.GOAL_AGENT_TOKEN;

const { goals } = await request('GET', '/goals?limit=50');
const title = 'The nightly build is green';
const known = goals.find(({ description, status }) => description === title && status !== 'cancelled');
const goal = known ?? (await post('/goals', { description: title }));

const { tasks } = await post(`/goals/${goal.id}/tasks`, {
  subtasks: [{ description: 'Fix the flaky upload test', type: 'bug', priority: 'high' }],
});
const [{ id }] = tasks;
console.log(`opened ${id} in ${goal.id}`);

// the same key again, as after a lost answer: nothing is done twice
const key = crypto.randomUUID();
for (let attempt = 0; attempt < 2; attempt += 1) {
  const note = await post(`/tasks/${id}/notes`, { text: 'Failed in run 4711.' }, { 'Idempotency-Key': key });
  console.log(`note ${note.id}`);
}
const { status } = await request('PUT', `/tasks/${id}/status`, { status: 'completed', result: 'Green in run 4712.' });
console.log(`${id} is ${status}`);

function post(path, body, headers) {
  return request('POST', path, body, headers);
}

async function request(method, path, body, headers = {}) {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${answer.detail}`);
  return answer;
}
