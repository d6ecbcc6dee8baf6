import { beforeAll, describe, expect, test } from 'vitest';
import { aConversation } from '../support/conversation.ts';
import { eras } from '../support/server-process.ts';

interface Briefed {
  briefing: string;
  left_out?: number;
}

const conversations = await Promise.all(eras.map((era) => aConversation(era)));
const stamp = /\d{4}-\d\d-\d\dT\d\d:\d\dZ/g;

describe.each(conversations)('in the $era era', ({ ask, refusal, server, sql }) => {
  let goal: string;
  let ids: string[];
  const brief = async (args: Record<string, unknown> = {}) => {
    const answer = await ask<Briefed>('get_briefing', args);
    return { ...answer, briefing: answer.briefing.replaceAll(stamp, 'T').replaceAll(/tester-[0-9a-f]{8}/g, 'tester') };
  };
  const set = (place: number, status: string, result?: unknown) =>
    ask('update_task_status', { task_id: ids[place], status, ...(result !== undefined && { result }) });

  beforeAll(async () => {
    expect((await brief()).briefing).toBe('Nothing is stored that is under way, ready or finished lately.');
    goal = (await ask<{ id: string }>('create_goal', { description: 'Ship it\nwith care' })).id;
    const { tasks } = await ask<{ tasks: { id: string }[] }>('break_down_goal', {
      goal_id: goal,
      subtasks: [
        { description: 'Design', estimated_effort: '1h' },
        { description: 'Build', estimated_effort: '4h' },
        { description: 'Test', dependencies: ['#2', '#1'], estimated_effort: '2h' },
        { description: 'Ask legal' },
        { description: 'Write docs', priority: 'low', estimated_effort: '30m' },
        { description: 'Announce', dependencies: ['#4'] },
        { description: 'Measure' },
      ],
    });
    ids = tasks.map((task) => task.id);
    await set(0, 'completed', { chosen: 'OIDC' });
    await set(1, 'in_progress');
    await set(3, 'blocked', 'they are on holiday');
    await set(6, 'failed', 'no machine');
    await ask('add_note', { task_id: ids[1], text: 'Use the new parser' });
    await ask('add_note', { goal_id: goal, text: 'Ann decides' });
  });

  test('get_briefing tells of a goal where it stands, the most useful first', async () => {
    const [design, build, check, legal, docs, announce, gauge] = ids;
    expect(await brief({ goal_id: goal })).toEqual({
      briefing: [
        `## ${goal} in_progress, 1 of 7 tasks completed\n"Ship it with care"`,
        `## In progress\n- ${build} (since T) "Build"`,
        `## Blocked or failed\n- ${legal} blocked: "Ask legal" → "they are on holiday"\n- ${gauge} failed: "Measure" → "no machine"`,
        `## Ready\n- ${docs} low 30m: "Write docs"`,
        `## Critical path\n${build} → ${check}: 6h of work`,
        `## Finished\n- ${design} T "Design" → {"chosen": "OIDC"}`,
        `## Notes\n- T tester on ${goal}: "Ann decides"\n- T tester on ${build}: "Use the new parser"`,
        `## Waiting for what is in progress, blocked or failed\n- ${check} "Test" waits for ${build} in_progress\n- ${announce} "Announce" waits for ${legal} blocked`,
      ].join('\n\n'),
    });
  });

  test('without a goal it tells of all of them', async () => {
    const other = (await ask<{ id: string }>('create_goal', { description: 'Another' })).id;
    const { first_task_id: task } = await ask<Record<string, string>>('break_down_goal', {
      goal_id: other,
      subtasks: [{ description: 'Elsewhere', dependencies: [ids[1]] }],
    });
    const { briefing } = await brief();
    expect(briefing).toContain(`- ${task} "Elsewhere" waits for ${ids[1]} in_progress`);
    expect(briefing).toContain(`## Goals in progress\n- ${other} 0/1 "Another"\n- ${goal} 1/7 "Ship it with care"`);
    expect(briefing).not.toContain('Critical path');
    expect((await brief({ goal_id: other })).briefing).toContain(
      `## ${other} in_progress, 0 of 1 tasks completed\n"Another"`,
    );
    await ask('delete_goal', { goal_id: other });
  });

  test('a claimed task says who holds it until when', async () => {
    await ask('claim_tasks', { task_ids: [ids[4]], agent: 'bob' });
    expect((await brief()).briefing).toMatch(new RegExp(`- ${ids[4]} \\(bob until T\\) "Write docs"`));
    await ask('release_tasks', { task_ids: [ids[4]], agent: 'bob' }).catch(() => {});
  });

  test('since leaves out what was finished and noted before', async () => {
    await sql.query("update tasks set completed_at = now() - interval '2 days' where id = $1", [ids[0]]);
    await sql.query("update notes set created_at = now() - interval '2 days' where task_id = $1", [ids[1]]);
    const recent = (await brief({ since: '1d' })).briefing;
    expect(recent).not.toContain('## Finished');
    expect(recent).toContain('Ann decides');
    expect(recent).not.toContain('Use the new parser');
    expect((await brief({ since: '3d', goal_id: goal })).briefing).toContain('## Finished');
    expect((await brief({ since: '2999-01-01', goal_id: goal })).briefing).not.toMatch(/## (Finished|Notes)/);
  });

  test('what is in a closed goal is not told of as if it were under way', async () => {
    await ask('update_goal', { goal_id: goal, status: 'cancelled' });
    expect((await brief()).briefing).not.toMatch(/## (In progress|Blocked|Ready|Waiting|Goals)/);
    await ask('update_goal', { goal_id: goal, status: 'in_progress' });
    expect((await brief()).briefing).toContain('## In progress');
  });

  test('wrong arguments are refused', async () => {
    expect(await refusal('get_briefing', { goal_id: 'GOAL-0999' })).toContain('GOAL-0999 does not exist.');
    expect(await refusal('get_briefing', { since: 'soon' })).toContain('is no time');
    expect(await refusal('get_briefing', { max_chars: 499 })).toContain('the least is 500');
    expect(await refusal('get_briefing', { max_chars: 18_001 })).toContain('the most is 18000');
  });

  test('it is within its budget, whatever is stored, and says how much it left out', async () => {
    for (const filling of ['\u0001', '"', '\u{1f600}', '\u4e16', 'x\n']) {
      const description = filling.repeat(10_000 / filling.length);
      const { id } = await ask<{ id: string }>('create_goal', { description });
      const { tasks } = await ask<{ tasks: { id: string }[] }>('break_down_goal', {
        goal_id: id,
        subtasks: Array.from({ length: 100 }, (_, n) => ({
          description,
          estimated_effort: '1h',
          ...(n >= 80 && { dependencies: ['#1', '#2', '#3', '#4', '#5', '#6'] }),
        })),
      });
      const states = ['in_progress', 'blocked', 'failed', 'completed', 'pending'];
      const updates = (await ask<{ tasks: string[] }>('get_goal', { goal_id: id })).tasks
        .slice(0, 70)
        .map((task_id, n) => ({ task_id, status: states[n % 5], result: description }));
      await ask('batch_update_tasks', { updates });
      for (let n = 0; n < 5; n += 1) await ask('add_note', { task_id: tasks[0]?.id, text: description });
      for (const max_chars of [500, 1_000, 2_000, 6_000, 18_000]) {
        for (const args of [{ max_chars }, { max_chars, goal_id: id }]) {
          const { text } = await server.call('get_briefing', args);
          expect(text.length).toBeLessThanOrEqual(max_chars);
          const answer = JSON.parse(text) as Briefed;
          if (max_chars <= 2_000) expect(answer.left_out).toBeGreaterThan(0);
          expect(answer.briefing).not.toMatch(/[\uD800-\uDBFF]…/);
          if (max_chars >= 6_000) {
            for (const title of ['In progress', 'Blocked or failed', 'Ready', 'Finished', 'Notes', 'Waiting']) {
              expect(answer.briefing, `${filling} ${max_chars}`).toContain(`## ${title}`);
            }
          }
          if (max_chars === 2_000) expect(answer.briefing).toMatch(/… and \d+ more/);
        }
      }
    }
  });
});
