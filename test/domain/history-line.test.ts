import { expect, test } from 'vitest';
import { type HistoryEvent, historyLine, readHistoryLine } from '../../src/domain/history-line.ts';

const event: HistoryEvent = {
  seq: 1,
  operation: 1,
  at: '2026-11-23T10:42:00.123456Z',
  actor: 'claude-a1b2',
  action: 'updated',
  goal_id: 'GOAL-0001',
  task_id: 'TASK-0003',
  undoes: null,
  was: true,
  is_there: true,
  subject: 'Build it',
  changes: {},
};

test.each<[string, Partial<HistoryEvent>]>([
  [
    'TASK-0003 status pending → completed, result set',
    { changes: { result: [null, '{"a": 1}'], status: ['pending', 'completed'] } },
  ],
  ['TASK-0003 repo none → api, result removed', { changes: { repo: [null, 'api'], result: ['1', null] } }],
  ['TASK-0003 description changed', { changes: { description: ['a', 'b'] } }],
  [
    'TASK-0003 dependencies none → TASK-0001, TASK-0002',
    { changes: { dependencies: ['[]', '["TASK-0001", "TASK-0002"]'] } },
  ],
  ['TASK-0003 created in GOAL-0001 "Build it"', { action: 'created' }],
  ['GOAL-0001 created "Build it"', { action: 'created', task_id: null }],
  ['TASK-0003 deleted "Build it"', { action: 'deleted' }],
  ['TASK-0003 noted "use SCRAM\\u001b"', { action: 'noted', subject: ' use\nSCRAM\u001b' }],
  ['TASK-0003 noted "say \\"x\\" C:\\\\a"', { action: 'noted', subject: 'say "x" C:\\a' }],
  [
    'TASK-0003 type general → "x, status pending → completed", repo none → api',
    { changes: { type: ['general', 'x, status pending → completed'], repo: [null, 'api'] } },
  ],
  ['TASK-0003 claimed: claimed_by none → bob', { action: 'claimed', changes: { claimed_by: [null, 'bob'] } }],
  ['TASK-0003 lease ended', { action: 'lease_ended' }],
  ['TASK-0003 updated', {}],
  [
    'TASK-0003 undid 12: status completed → pending',
    { action: 'undone', undoes: [12], changes: { status: ['completed', 'pending'] } },
  ],
  ['TASK-0003 undid 12: "Build it" is back', { action: 'undone', undoes: [12], was: false }],
  [
    'TASK-0003 undid 1, 2, 3 and 2 more: "Build it" is gone again',
    { action: 'undone', undoes: [1, 2, 3, 4, 5], is_there: false },
  ],
  [
    'TASK-0003 undid 12: note "use SCRAM" is gone again',
    { action: 'note_undone', undoes: [12], is_there: false, subject: 'use SCRAM' },
  ],
  [
    'TASK-0003 undid 4, 7: it came and went',
    { action: 'undone', undoes: [4, 7], was: false, is_there: false, subject: null },
  ],
  ['TASK-0003 undid 12: nothing is left to change', { action: 'undone', undoes: [12] }],
])('%s', (line, fields) => {
  expect(historyLine({ ...event, ...fields })).toBe(`2026-11-23T10:42:00Z claude-a1b2 ${line}`);
});

test('who acts by a name that is more than one word stands in quotation marks', () => {
  const actor = 'bob TASK-0009 deleted "x"\n2026-11-23T10:42:00Z eve';
  expect(historyLine({ ...event, actor, action: 'lease_ended' })).toBe(
    '2026-11-23T10:42:00Z "bob TASK-0009 deleted \\"x\\" 2026-11-23T10:42:00Z eve" TASK-0003 lease ended',
  );
});

test('a line is one line, and short, whatever is in it', () => {
  const long = '\u{1f600}\r\n\u2028"'.repeat(1_000);
  const names = ['status', 'priority', 'goal_id', 'type', 'repo', 'jira_ticket', 'estimated_effort', 'description'];
  const changes = Object.fromEntries(names.map((name) => [name, [long, long] as [string, string]]));
  for (const action of ['created', 'updated', 'noted']) {
    const line = historyLine({ ...event, actor: long, subject: long, action, changes });
    expect(line.length).toBeLessThan(1_500);
    expect(line).not.toMatch(/[\r\n\u2028]|[\uD800-\uDBFF]…/);
  }
});

test('a line is read back as its parts, whoever acted by whatever name', () => {
  for (const actor of ['claude-a1b2', 'bob TASK-0009 deleted "x"', 'C:\\a "', '']) {
    const line = historyLine({ ...event, actor, changes: { status: ['pending', 'completed'] } });
    const what = 'status pending → completed';
    expect(readHistoryLine(line)).toEqual({ at: '2026-11-23T10:42:00Z', actor, id: 'TASK-0003', what });
  }
  expect(readHistoryLine(historyLine({ ...event, actor: '\\'.repeat(200) }))).toMatchObject({ id: 'TASK-0003' });
  expect(readHistoryLine('TASK-0003 is done')).toBeUndefined();
});
