export type Arguments = Record<string, unknown>;

export const times = <T>(count: number, value: (place: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => value(n));
/** Arguments of break_down_goal, whose subtasks need say only what is special about them. */
export const subtasks = (...list: Arguments[]): Arguments => ({
  goal_id: 'GOAL-0001',
  subtasks: list.map((each) => ({ description: 'x', ...each })),
});
/** A document of exactly as many bytes. */
export const jsonOf = (bytes: number) => ({ a: 'x'.repeat(bytes - '{"a":""}'.length) });
export const kib256 = 256 * 1024;

/** What is wrong, the tool, its arguments, and what it says. */
type Refused = [string, string, Arguments, string];
export const refused: Refused[] = [
  [
    'an unknown goal',
    'get_goal',
    { goal_id: 'GOAL-0999' },
    'GOAL-0999 does not exist. list_goals shows the goals that do.',
  ],
  ['an unknown goal', 'update_goal', { goal_id: 'GOAL-0999', priority: 'low' }, 'GOAL-0999 does not exist.'],
  ['an unknown goal', 'delete_goal', { goal_id: 'GOAL-0999' }, 'GOAL-0999 does not exist.'],
  ['an unknown goal', 'generate_execution_plan', { goal_id: 'GOAL-0999' }, 'GOAL-0999 does not exist.'],
  ['an unknown goal', 'get_next_tasks', { goal_id: 'GOAL-0999' }, 'GOAL-0999 does not exist.'],
  [
    'an unknown goal',
    'break_down_goal',
    { goal_id: 'GOAL-0999', subtasks: [{ description: 'x' }] },
    'GOAL-0999 does not exist.',
  ],
  [
    'an unknown task',
    'get_task',
    { task_id: 'TASK-0999' },
    'TASK-0999 does not exist. get_goal shows the tasks of a goal.',
  ],
  ['an unknown task', 'update_task_status', { task_id: 'TASK-0999', status: 'completed' }, 'TASK-0999 does not exist.'],
  ['an unknown task', 'delete_task', { task_id: 'TASK-0999' }, 'TASK-0999 does not exist.'],
  ['the largest number', 'get_task', { task_id: 'TASK-999999999999999' }, 'TASK-999999999999999 does not exist.'],
  [
    'a malformed ID',
    'get_goal',
    { goal_id: 'one' },
    'get_goal: goal_id "one" is not the form of a goal ID; write GOAL-0001.',
  ],
  ['the ID of another kind', 'get_goal', { goal_id: 'TASK-0001' }, 'goal_id "TASK-0001" is not the form of a goal ID'],
  [
    'a number that is too long',
    'get_task',
    { task_id: 'TASK-1234567890123456' },
    'is not the form of a task ID; write TASK-0001',
  ],
  ['an ID with more behind it', 'delete_task', { task_id: "TASK-0001' or '1'='1" }, 'is not the form of a task ID'],
  [
    'an ID in a list',
    'batch_get_tasks',
    { task_ids: ['TASK-0001', 'x'] },
    'task_ids[1] "x" is not the form of a task ID',
  ],
  ['a number for an ID', 'get_goal', { goal_id: 1 }, 'get_goal: goal_id is 1; it must be a string.'],
  ['an empty description', 'create_goal', { description: '' }, 'create_goal: description "" is empty; say something.'],
  ['a blank description', 'create_goal', { description: ' \n\t\u3000' }, 'is empty; say something'],
  ['a blank description', 'update_goal', { goal_id: 'GOAL-0001', description: ' ' }, 'description " " is empty'],
  ['a blank description', 'break_down_goal', subtasks({}, { description: '\u00a0' }), 'subtasks[1].description'],
  [
    'a wrong priority',
    'create_goal',
    { description: 'x', priority: 'very high' },
    'priority is "very high"; it must be one of high, medium, low.',
  ],
  [
    'a wrong priority',
    'break_down_goal',
    subtasks({ priority: 1 }),
    'subtasks[0].priority is 1; it must be one of high, medium, low',
  ],
  [
    'a wrong status',
    'update_goal',
    { goal_id: 'GOAL-0001', status: 'almost done' },
    'status is "almost done"; it must be one of planned, in_progress, completed, cancelled, archived.',
  ],
  [
    'a wrong status',
    'update_task_status',
    { task_id: 'TASK-0001', status: 'almost done' },
    'status is "almost done"; it must be one of pending, in_progress, completed, failed, blocked, cancelled, deferred.',
  ],
  [
    'a wrong status',
    'batch_update_tasks',
    {
      updates: [
        { task_id: 'TASK-0001', status: 'completed' },
        { task_id: 'TASK-0001', status: '' },
      ],
    },
    'updates[1].status is ""; it must be one of pending,',
  ],
  ['a wrong status', 'list_goals', { status: 'blocked' }, 'status is "blocked"; it must be one of planned,'],
  [
    'an unknown argument',
    'create_goal',
    { description: 'x', desc: 'y' },
    'create_goal: it takes no "desc", only description, priority, repos, labels, due_at, strict, parent_goal_id, metadata, full, request_id.',
  ],
  ['an unknown argument that is null', 'create_goal', { description: 'x', title: null }, 'it takes no "title"'],
  [
    'an argument that objects have',
    'create_goal',
    { description: 'x', toString: null, constructor: 1 },
    'it takes no "toString", "constructor"',
  ],
  [
    'an unknown field of a subtask',
    'break_down_goal',
    subtasks({ depends_on: ['#1'] }),
    'subtasks[0] has no "depends_on"',
  ],
  [
    'an unknown field of an update',
    'batch_update_tasks',
    { updates: [{ task_id: 'TASK-0001', status: 'failed', note: 1 }] },
    'updates[0] has no "note"',
  ],
  ['a missing argument', 'create_goal', {}, 'create_goal: description is missing; it must be a string.'],
  [
    'a missing argument',
    'update_task_status',
    { task_id: 'TASK-0001' },
    'status is missing; it must be one of pending',
  ],
  [
    'a missing field of a subtask',
    'break_down_goal',
    { goal_id: 'GOAL-0001', subtasks: [{}] },
    'subtasks[0].description is missing',
  ],
  [
    'null for a required argument',
    'update_task_status',
    { task_id: null, status: null },
    'task_id is missing; it must be a string; status is missing',
  ],
  [
    'nothing to change',
    'update_goal',
    { goal_id: 'GOAL-0001' },
    'update_goal: nothing to change on GOAL-0001; give description, priority, status, repos, labels, due_at, strict, parent_goal_id or metadata.',
  ],
  ['a list for a text', 'create_goal', { description: ['x'] }, 'description is a list; it must be a string'],
  [
    'broken JSON for a list',
    'create_goal',
    { description: 'x', repos: '["api"' },
    'repos is a string; it must be a list',
  ],
  ['an empty text for a list', 'batch_get_tasks', { task_ids: '' }, 'task_ids is a string; it must be a list'],
  ['a number in a list', 'create_goal', { description: 'x', repos: ['api', 7] }, 'repos[1] is 7; it must be a string'],
  [
    'a list for an object',
    'create_goal',
    { description: 'x', metadata: [1] },
    'metadata is a list; it must be an object',
  ],
  [
    'a text for an object',
    'create_goal',
    { description: 'x', metadata: 'x' },
    'metadata is a string; it must be an object',
  ],
  [
    'broken JSON for an object',
    'create_goal',
    { description: 'x', metadata: '{"a": ' },
    'metadata is a string; it must be an object',
  ],
  [
    'a text for subtasks',
    'break_down_goal',
    { goal_id: 'GOAL-0001', subtasks: 'do it' },
    'subtasks is a string; it must be a list',
  ],
  [
    'a text for a subtask',
    'break_down_goal',
    { goal_id: 'GOAL-0001', subtasks: ['do it'] },
    'subtasks[0] is a string; it must be an object',
  ],
  ...['5x', '0x5', '05', '+5', ' 5', '5.', '.5', 'NaN', 'Infinity', '1e999', '٣'].map(
    (limit): Refused => [
      'a text that is no number of JSON',
      'list_goals',
      { limit },
      'limit is a string; it must be a number',
    ],
  ),
  ['a fraction in a text', 'list_goals', { limit: '1.5' }, 'limit is 1.5; it must be a whole number'],
  ['a number over the limit in a text', 'list_goals', { limit: '2e3' }, 'limit is 2000; the most is 200'],
  ...['yes', '1', 'True', 'TRUE', ' true'].map(
    (full): Refused => [
      'a text that is no truth value of JSON',
      'get_task',
      { task_id: 'TASK-0001', full },
      'full is a string; it must be a boolean',
    ],
  ),
  ['a fraction', 'list_goals', { limit: 1.5 }, 'limit is 1.5; it must be a whole number'],
  [
    'an effort that is none',
    'break_down_goal',
    subtasks({ estimated_effort: 'soon' }),
    'subtasks[0].estimated_effort "soon" is not an effort',
  ],
  ['an effort of nothing', 'break_down_goal', subtasks({ estimated_effort: '0h' }), 'write a number and m, h, d or w'],
  [
    'an empty list',
    'break_down_goal',
    { goal_id: 'GOAL-0001', subtasks: [] },
    'subtasks is an empty list; name at least one',
  ],
  ['an empty list', 'batch_update_tasks', { updates: [] }, 'updates is an empty list; name at least one'],
  ['an empty list', 'batch_get_tasks', { task_ids: '[]' }, 'task_ids is an empty list; name at least one'],
  ['a page of none', 'list_goals', { limit: 0 }, 'limit is 0; the least is 1'],
  ['a page over the limit', 'list_goals', { limit: 201 }, 'limit is 201; the most is 200'],
  ['a list over the limit', 'get_next_tasks', { limit: 1e9 }, 'limit is 1000000000; the most is 200'],
  ['a cursor of somebody else', 'list_goals', { cursor: 'before-1; --' }, 'cursor is not one that list_goals gave'],
  [
    '10,001 characters',
    'create_goal',
    { description: 'x'.repeat(10_001) },
    'create_goal: description has 10001 characters; the limit is 10000.',
  ],
  ['10,001 characters', 'update_goal', { goal_id: 'GOAL-0001', description: 'x'.repeat(10_001) }, 'the limit is 10000'],
  [
    '10,001 characters',
    'break_down_goal',
    subtasks({ description: '\u4e16'.repeat(10_001) }),
    'subtasks[0].description has 10001 characters; the limit is 10000',
  ],
  [
    'a long short text',
    'break_down_goal',
    subtasks({ type: 'x'.repeat(201) }),
    'subtasks[0].type has 201 characters; the limit is 200',
  ],
  [
    '101 repositories',
    'create_goal',
    { description: 'x', repos: times(101, String) },
    'repos has 101 entries; the limit is 100',
  ],
  [
    '101 tools',
    'break_down_goal',
    subtasks({ tools: times(101, String) }),
    'subtasks[0].tools has 101 entries; the limit is 100',
  ],
  [
    'a byte too much of metadata',
    'create_goal',
    { description: 'x', metadata: jsonOf(kib256 + 1) },
    'metadata has 262145 bytes of JSON; the limit is 262144',
  ],
  [
    'a byte too much of metadata',
    'update_goal',
    { goal_id: 'GOAL-0001', metadata: jsonOf(kib256 + 1) },
    'metadata has 262145 bytes',
  ],
  [
    'a byte too much of a result',
    'update_task_status',
    { task_id: 'TASK-0001', status: 'completed', result: jsonOf(kib256 + 1) },
    'result has 262145 bytes of JSON; the limit is 262144',
  ],
  [
    'a byte too much of a result',
    'batch_update_tasks',
    { updates: [{ task_id: 'TASK-0001', status: 'completed', result: 'x'.repeat(kib256 - 1) }] },
    'updates[0].result has 262145 bytes',
  ],
  [
    'bytes too many in few characters',
    'create_goal',
    { description: 'x', metadata: { a: '\u4e16'.repeat(kib256 / 3) } },
    'bytes of JSON; the limit is 262144',
  ],
  [
    '101 levels',
    'create_goal',
    { description: 'x', metadata: { a: nested(100) } },
    'metadata is nested more than 100 levels deep',
  ],
  [
    '10,000 levels in a JSON string',
    'update_goal',
    { goal_id: 'GOAL-0001', metadata: `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}` },
    'metadata is nested more than 100 levels deep',
  ],
  [
    '1,001 subtasks',
    'break_down_goal',
    subtasks(...times(1_001, () => ({}))),
    'subtasks has 1001 entries; the limit is 1000',
  ],
  [
    '501 updates',
    'batch_update_tasks',
    { updates: times(501, () => ({ task_id: 'TASK-0001', status: 'completed' })) },
    'updates has 501 entries; the limit is 500',
  ],
  [
    '501 IDs',
    'batch_get_tasks',
    { task_ids: times(501, () => 'TASK-0001') },
    'task_ids has 501 entries; the limit is 500',
  ],
  [
    '201 dependencies',
    'break_down_goal',
    subtasks({}, { dependencies: times(201, () => '#1') }),
    'subtasks[1].dependencies has 201 entries; the limit is 200',
  ],
  [
    'an unknown dependency',
    'break_down_goal',
    subtasks({}, { dependencies: ['#1', 'TASK-0998', 'TASK-0999'] }),
    'Nothing was created: TASK-0998, TASK-0999 do not exist. To depend on a subtask of the same call, use its place (#1) or its key.',
  ],
  [
    'an unknown place',
    'break_down_goal',
    subtasks({ dependencies: ['#0'] }),
    'Nothing was created: subtask #1 depends on #0, but this call has the subtasks #1 to #1.',
  ],
  [
    'an unknown key',
    'break_down_goal',
    subtasks({ dependencies: ['build'] }),
    'subtask #1 depends on "build", which is no task ID (TASK-0001), no place in this call (#1) and no other subtask\'s key.',
  ],
  [
    'a goal as a dependency',
    'break_down_goal',
    subtasks({ dependencies: ['GOAL-0001'] }),
    'depends on "GOAL-0001", which is no task ID',
  ],
  [
    'a task that depends on itself',
    'break_down_goal',
    subtasks({}, { dependencies: ['#2'] }),
    'Nothing was created: subtask #2 depends on itself; remove that dependency.',
  ],
  [
    'a task that depends on its own key',
    'break_down_goal',
    subtasks({ key: 'me', dependencies: ['me'] }),
    'subtask #1 (me) depends on itself',
  ],
  [
    'a cycle',
    'break_down_goal',
    subtasks({ dependencies: ['#3'] }, { dependencies: ['#1'] }, { dependencies: ['#2'] }),
    'these subtasks wait for each other: #1 → #3 → #2 → #1. Remove one of these dependencies.',
  ],
  [
    'a cycle of a thousand',
    'break_down_goal',
    subtasks(...times(1_000, (place) => ({ dependencies: [`#${((place + 1) % 1_000) + 1}`] }))),
    'these subtasks wait for each other: #1 → #2 →',
  ],
  [
    'a key that is used twice',
    'break_down_goal',
    subtasks({ key: 'a' }, {}, { key: 'a' }),
    'the key "a" is used by subtasks #1 and #3; give each its own.',
  ],
  [
    'a key that looks like a place',
    'break_down_goal',
    subtasks({ key: '#1' }),
    'subtasks[0].key "#1" looks like a place or a task ID',
  ],
  [
    'a key that looks like an ID',
    'break_down_goal',
    subtasks({ key: 'task-1' }),
    'subtasks[0].key "task-1" looks like a place or a task ID',
  ],
  [
    'no date where text clears it',
    'update_task',
    { task_id: 'TASK-0001', due_at: 'soonish' },
    'due_at "soonish" is not a day or a time ahead; write 3d',
  ],
  [
    'no date where text clears it',
    'update_goal',
    { goal_id: 'GOAL-0001', due_at: 'soonish' },
    'due_at "soonish" is not a day or a time ahead; write 3d',
  ],
  [
    'a number where text clears it',
    'update_task',
    { task_id: 'TASK-0001', due_at: 7 },
    'update_task: due_at is 7; it must be "" or a string.',
  ],
  [
    'no ID where text clears it',
    'update_goal',
    { goal_id: 'GOAL-0001', parent_goal_id: 'one' },
    'parent_goal_id "one" is not the form of a goal ID; write GOAL-0001',
  ],
  [
    'a list where text or null clears it',
    'update_goal',
    { goal_id: 'GOAL-0001', parent_goal_id: ['GOAL-0001', 'GOAL-0002'] },
    'parent_goal_id is a list; it must be "" or a string or null.',
  ],
  [
    'a criterion that is a number',
    'break_down_goal',
    subtasks({ criteria: [7] }),
    'subtasks[0].criteria[0] is 7; it must be a string or an object.',
  ],
  [
    'a criterion without its text',
    'break_down_goal',
    subtasks({ criteria: [{ human: true }] }),
    'subtasks[0].criteria[0].text is missing; it must be a string.',
  ],
  [
    'a criterion with a field too many',
    'update_task',
    { task_id: 'TASK-0001', criteria: [{ text: 'x', priority: 'low' }] },
    'criteria[0] has no "priority".',
  ],
  [
    'a criterion named by what names none',
    'update_task',
    { task_id: 'TASK-0001', meet_criteria: [{}] },
    'meet_criteria[0] is an object; it must be a number or a string.',
  ],
  [
    'a criterion before the first',
    'update_task',
    { task_id: 'TASK-0001', meet_criteria: [0] },
    'meet_criteria[0] is 0; the least is 1.',
  ],
  ['many mistakes at once', 'break_down_goal', subtasks(...times(900, () => ({ priority: 'x' }))), 'and 895 more'],
];

/** A list in a list in a list. */
export function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}
