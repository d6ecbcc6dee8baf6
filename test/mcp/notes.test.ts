import { describe, expect, test } from 'vitest';
import { aConversation } from '../support/conversation.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { eras } from '../support/server-process.ts';

interface Noted {
  id: number;
  text: string;
  notes?: { id: number; text: string; text_length?: number; task_id: string | null }[];
  notes_count?: number;
}

const conversations = await Promise.all(eras.map((era) => aConversation(era)));
const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
const tester = expect.stringMatching(/^tester-[0-9a-f]{8}$/);

describe.each(conversations)('in the $era era', ({ ask, refusal, server, sql }) => {
  const aGoalWithTask = async () => {
    const { id: goal } = await ask<{ id: string }>('create_goal', { description: 'a goal' });
    const { first_task_id: task } = await ask<Record<string, string>>('break_down_goal', {
      goal_id: goal,
      subtasks: [{ description: 'a task' }],
    });
    return { goal, task: task as string };
  };
  const note = (on: Record<string, unknown>, text = 'Use SCRAM, not MD5') => ask<Noted>('add_note', { ...on, text });

  test('add_note answers with the note, and get_task and get_goal show it, newest first', async () => {
    const { goal, task } = await aGoalWithTask();
    const first = await note({ task_id: task });
    expect(first).toEqual({
      id: expect.any(Number),
      goal_id: goal,
      task_id: task,
      actor: tester,
      text: 'Use SCRAM, not MD5',
      created_at: instant,
    });
    const second = await note({ goal_id: goal }, 'Ask Ann about the budget');
    expect(second).toMatchObject({ goal_id: goal, task_id: null });
    const ofGoal = await ask<Noted>('get_goal', { goal_id: goal });
    expect(ofGoal.notes?.map(({ id }) => id)).toEqual([second.id, first.id]);
    expect(ofGoal).not.toHaveProperty('notes_count');
    const ofTask = await ask<Noted>('get_task', { task_id: task });
    expect(ofTask.notes).toMatchObject([{ id: first.id, text: 'Use SCRAM, not MD5' }]);
    expect((await ask<Noted>('get_task', { task_id: task, full: true })).notes).toHaveLength(1);
  });

  test('add_note does not give a long text back to its writer, and says how long it is', async () => {
    const { task } = await aGoalWithTask();
    const answer = await note({ task_id: task }, 'x'.repeat(5_000));
    expect(answer).toMatchObject({ text: expect.stringMatching(/^x{200,240}…$/), text_length: 5_000 });
    expect((await ask<Noted>('get_task', { task_id: task })).notes).toMatchObject([{ id: answer.id }]);
    const { rows } = await sql.query('select length(text) from notes where task_id = $1', [task]);
    expect(rows).toEqual([{ length: 5_000 }]);
  });

  test('without notes there is no word of them', async () => {
    const { goal, task } = await aGoalWithTask();
    expect(await ask('get_goal', { goal_id: goal })).not.toHaveProperty('notes');
    expect(await ask('get_task', { task_id: task })).not.toHaveProperty('notes');
  });

  test('many long notes are shown in part, with how many there are and how long they are', async () => {
    const { goal, task } = await aGoalWithTask();
    for (const filling of ['\u0001', 'x', '"', '\u4e16', 'y', 'z', 'last']) {
      await note({ task_id: task }, filling.repeat(10_000 / filling.length));
    }
    for (const [tool, args] of [
      ['get_task', { task_id: task }],
      ['get_goal', { goal_id: goal }],
    ] as const) {
      const { text } = await server.call(tool, args);
      expect(text.length).toBeLessThan(5_000);
      const answer = await ask<Noted>(tool, args);
      expect(answer.notes_count).toBe(7);
      expect(answer.notes?.length).toBeGreaterThan(2);
      expect(answer.notes?.[0]).toMatchObject({ text: expect.stringMatching(/^last.*…$/), text_length: 10_000 });
    }
  });

  test('a note is on a page of its goal and of its task', async () => {
    const { goal, task } = await aGoalWithTask();
    await note({ task_id: task }, 'found it\nin the attic');
    const page = async (uri: string) =>
      ((await server.client.readResource({ uri })).contents[0] as { text: string }).text;
    const block = '\n  ```text\n  found it\n  in the attic\n  ```\n';
    expect(await page(`goal://${goal}`)).toMatch(new RegExp(`## Notes\n\n- \\S+Z \`tester-\\w+\` on ${task}:${block}`));
    expect(await page(`task://${task}`)).toMatch(new RegExp(`## Notes\n\n- \\S+Z \`tester-\\w+\`:${block}`));
    await note({ task_id: task }, 'found it');
    expect(await page(`task://${task}`)).toMatch(/## Notes\n\n- \S+Z `tester-\w+`: `found it`\n/);
  });

  test('a note is one event, and a deleted task or goal takes its notes into the history', async () => {
    const { goal, task } = await aGoalWithTask();
    const onTask = await note({ task_id: task });
    const onGoal = await note({ goal_id: goal });
    const { rows } = await sql.query(
      "select task_id, before, after ->> 'text' as text from events where action = 'noted' and goal_id = $1 order by seq",
      [goal],
    );
    expect(rows).toEqual([
      { task_id: task, before: null, text: onTask.text },
      { task_id: null, before: null, text: onGoal.text },
    ]);
    await ask('delete_goal', { goal_id: goal });
    const deleted = await sql.query(
      "select before -> 'notes' as notes from events where action = 'deleted' and goal_id = $1 order by seq",
      [goal],
    );
    expect(deleted.rows).toMatchObject([
      { notes: [{ id: onGoal.id, task_id: null }] },
      { notes: [{ id: onTask.id, task_id: task, text: onTask.text, actor: tester }] },
    ]);
    expect((await sql.query('select from notes where goal_id = $1', [goal])).rowCount).toBe(0);
  });

  test('a note is on one thing that exists', async () => {
    const { goal, task } = await aGoalWithTask();
    const one = 'add_note: give either goal_id or task_id, to say what the note is on.';
    expect(await refusal('add_note', { text: 'x' })).toBe(one);
    expect(await refusal('add_note', { goal_id: goal, task_id: task, text: 'x' })).toBe(one);
    expect(await refusal('add_note', { goal_id: 'goal-999', text: 'x' })).toContain('GOAL-0999 does not exist.');
    expect(await refusal('add_note', { task_id: 'TASK-0999', text: 'x' })).toContain('TASK-0999 does not exist.');
  });

  test('text that is empty, too long or cannot be stored is refused', async () => {
    const { task } = await aGoalWithTask();
    const refuse = (text: unknown) => refusal('add_note', { task_id: task, text });
    expect(await refuse(' \n')).toContain('is empty; say something');
    expect(await refuse('x'.repeat(10_001))).toContain('has 10001 characters; the limit is 10000');
    expect(await refuse('a\0b')).toContain('NUL character');
    expect(await refuse('\ud800')).toContain('half of a surrogate pair');
    expect(await refuse(7)).toContain('text is 7; it must be a string');
    expect(await refusal('add_note', { task_id: task })).toContain('text is missing');
    const most = '\u{1f600}'.repeat(5_000);
    expect(await note({ task_id: task }, most)).toMatchObject({ text: expect.stringContaining('\u{1f600}') });
  });

  test('all that was done leaves every count right', async () => {
    expect(await brokenInvariants(sql)).toEqual({});
  });
});
