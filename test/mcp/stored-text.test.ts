import { beforeAll, describe, expect, test } from 'vitest';
import { aConversation } from '../support/conversation.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { eras } from '../support/server-process.ts';
import { type Arguments, subtasks } from './refused-input.ts';

const conversations = await Promise.all(eras.map((era) => aConversation(era)));

/** Every place where a caller's text goes, as the arguments that put it there. */
const places: [string, string, (text: string) => Arguments][] = [
  ['the description of a goal', 'create_goal', (text) => ({ description: text })],
  ['a repository of a goal', 'create_goal', (text) => ({ description: 'x', repos: ['ok', text] })],
  ['a value in metadata', 'create_goal', (text) => ({ description: 'x', metadata: { a: [{ b: text }] } })],
  ['a key in metadata', 'create_goal', (text) => ({ description: 'x', metadata: { [text]: 1 } })],
  ['a deeper key in metadata', 'create_goal', (text) => ({ description: 'x', metadata: { a: [{ [text]: 1 }] } })],
  ['metadata in a JSON string', 'create_goal', (text) => ({ description: 'x', metadata: JSON.stringify({ a: text }) })],
  ['a changed description', 'update_goal', (text) => ({ goal_id: 'GOAL-0001', description: text })],
  ['a changed repository', 'update_goal', (text) => ({ goal_id: 'GOAL-0001', repos: [text] })],
  ['a key that is to go', 'update_goal', (text) => ({ goal_id: 'GOAL-0001', metadata: { [text]: null } })],
  ['a repository to look for', 'list_goals', (text) => ({ repo: text })],
  ['the description of a task', 'break_down_goal', (text) => subtasks({}, { description: text })],
  ['the type of a task', 'break_down_goal', (text) => subtasks({ type: text })],
  ['the repository of a task', 'break_down_goal', (text) => subtasks({ repo: text })],
  ['the ticket of a task', 'break_down_goal', (text) => subtasks({ jira_ticket: text })],
  ['the effort of a task', 'break_down_goal', (text) => subtasks({ estimated_effort: text })],
  ['a tool of a task', 'break_down_goal', (text) => subtasks({ tools: [text] })],
  ['a key of a subtask', 'break_down_goal', (text) => subtasks({ key: text })],
  ['a dependency', 'break_down_goal', (text) => subtasks({ dependencies: [text] })],
  ['a result', 'update_task_status', (text) => ({ task_id: 'TASK-0001', status: 'completed', result: text })],
  [
    'a key in a result',
    'update_task_status',
    (text) => ({ task_id: 'TASK-0001', status: 'completed', result: { [text]: 1 } }),
  ],
  [
    'a result in a batch',
    'batch_update_tasks',
    (text) => ({ updates: [{ task_id: 'TASK-0001', status: 'completed', result: [text] }] }),
  ],
];

/** A text that cannot be kept, and what its refusal says. */
const unstorable: [string, string][] = [
  ['a\0b', 'NUL character (\\u0000), which cannot be stored'],
  ['a\ud83d', 'half of a surrogate pair'],
  ['\udc00b', 'half of a surrogate pair'],
  ['\udc00\ud83d', 'half of a surrogate pair'],
];

/** Text that means something to SQL, to a template, to a shell, to JavaScript or to a terminal. */
const hostile = [
  `'; drop table goals; --`,
  `x' || (select version()) || '`,
  `\\'; delete from tasks; --`,
  `$1 $$ $tag$ %s %n %00 E'\\x00' \\N \\.`,
  `\${process.env.PATH} #{7*7} {{constructor.constructor('return 1')()}} <%= 7*7 %>`,
  '{"not": "parsed"',
  '`id` $(id) && id | id > /tmp/x',
  '<script>alert(1)</script> &amp; &#0;',
  '\u0001\u001b[31m\u007f\r\n\t"\\',
  '\u202e\u2028\u2029\ufeff\ufffe\u{10ffff} 👩‍👩‍👧 é\u0301',
  'null',
  'undefined __proto__ constructor NaN',
];

describe.each(conversations)('in the $era era', ({ ask, refusal, sql }) => {
  beforeAll(async () => {
    await ask('create_goal', { description: 'a goal' });
    await ask('break_down_goal', subtasks({}));
  });

  test.each(places)('text that cannot be stored is refused as %s', async (_where, tool, argumentsWith) => {
    for (const [text, message] of unstorable) {
      expect(await refusal(tool, argumentsWith(text))).toContain(message);
    }
  });

  test.each(hostile)('%j is kept and given back as it is, wherever it is said', async (text) => {
    const metadata = { [text]: [{ [text]: text }] };
    const goal = await ask<{ id: string }>('create_goal', { description: text, repos: [text], metadata });
    expect(await ask('get_goal', { goal_id: goal.id })).toMatchObject({ description: text, repos: [text], metadata });
    const fields = { description: text, type: text, repo: text, jira_ticket: text };
    const { tasks } = await ask<{ tasks: { id: string }[] }>('break_down_goal', {
      goal_id: goal.id,
      subtasks: [
        { ...fields, tools: [text], key: text },
        { description: 'x', dependencies: [text] },
      ],
    });
    const [first, second] = tasks.map((task) => task.id);
    expect(await ask('get_task', { task_id: second })).toMatchObject({ dependencies: [first] });
    await ask('update_task_status', { task_id: first, status: 'completed', result: text });
    expect(await ask('get_task', { task_id: first })).toMatchObject({
      ...fields,
      assigned_tools: [text],
      result: text,
    });
    await ask('update_task_status', { task_id: first, status: 'completed', result: [metadata] });
    expect(await ask('get_task', { task_id: first })).toMatchObject({ result: [metadata] });
    expect(await ask('list_goals', { repo: text })).toMatchObject({ goals: [{ id: goal.id }], total: 1 });
    await ask('update_goal', { goal_id: goal.id, metadata: { [text]: null } });
    expect((await ask('get_goal', { goal_id: goal.id })).metadata).toEqual({});
    const { rows } = await sql.query('select description, type, repo from tasks where id = $1', [first]);
    expect(rows).toEqual([{ description: text, type: text, repo: text }]);
  });

  test('all that was said leaves every count right', async () => {
    expect(await brokenInvariants(sql)).toEqual({});
  });
});
