import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/domain/principal.ts';
import type { PoolCall } from '../../src/service/call.ts';
import { callerOf } from '../../src/service/caller.ts';
import { createToken, revokeToken } from '../../src/service/tokens.ts';
import { TokenVerifier } from '../../src/service/verify-token.ts';
import type { AgentFacts } from '../../src/tools/define/define-tool.ts';
import { runTool } from '../../src/tools/define/run-tool.ts';
import { tools } from '../../src/tools/index.ts';
import { someTasks } from '../support/builders.ts';
import { contentsOf } from '../support/contents.ts';
import { aCall } from '../support/database.ts';

const { call, sql } = await aCall();

async function withToken(name: string, role: Role): Promise<PoolCall> {
  const { secret } = await createToken(call, { name, role });
  const { principal } = await new TokenVerifier(call.store.database).verify(secret);
  if (principal === undefined) throw new Error('the token does not count');
  return { store: call.store, ...callerOf(principal) };
}

function ask(caller: PoolCall, name: string, args: Record<string, unknown>): Promise<Record<string, unknown>> {
  const tool = tools.find((each) => each.name === name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  const facts = { cache: { enabled: false }, config: {} } as unknown as AgentFacts; // as far as these tools look
  return runTool(tool, { open: async () => caller, facts: () => facts, cacheIsKnown: async () => {} }, args);
}

const [ann, bob, reader] = [
  await withToken('ann', 'writer'),
  await withToken('bob', 'writer'),
  await withToken('eve', 'reader'),
];
const local: PoolCall = { store: call.store, actor: 'claude-7f3a', agentName: 'claude' };
const { id: goal_id } = (await ask(ann, 'create_goal', { description: 'a goal' })) as { id: string };

const holders = async (taskId: string) =>
  (await sql.query('select holder from claims where task_id = $1', [taskId])).rows.map((row) => row.holder);

describe('a caller with a token', () => {
  it('claims under its own name, whoever it says it is', async () => {
    const [one, two, three, four] = (await someTasks(call, goal_id, 4)) as [string, string, string, string];
    await ask(ann, 'claim_tasks', { task_ids: [one] });
    await ask(ann, 'claim_tasks', { task_ids: [two], agent: 'ann' });
    await ask(ann, 'claim_tasks', { task_ids: [three], agent: 'reviewer' });
    await ask(ann, 'claim_tasks', { task_ids: [four], agent: 'bob' });
    expect(await Promise.all([one, two, three, four].map(holders))).toEqual([
      ['ann'],
      ['ann'],
      ['ann/reviewer'],
      ['ann/bob'],
    ]);
    const { tasks } = await ask(ann, 'claim_tasks', { task_ids: [three], agent: 'ann/reviewer' });
    expect(tasks).toHaveLength(1);
  });

  it('neither renews nor gives back what another one holds, under whatever name', async () => {
    const [task] = (await someTasks(call, goal_id, 1)) as [string];
    await ask(bob, 'claim_tasks', { task_ids: [task] });
    for (const agent of [undefined, 'bob', 'bob/x', 'ann/bob', '../bob', ' bob']) {
      const given = agent === undefined ? {} : { agent };
      const renewed = await ask(ann, 'claim_tasks', { task_ids: [task], ...given });
      expect([agent, renewed]).toMatchObject([agent, { tasks: [], not_claimed: [{ task_id: task }] }]);
      expect(await ask(ann, 'release_tasks', { task_ids: [task], ...given })).toMatchObject({ released: [] });
    }
    expect(await holders(task)).toEqual(['bob']);
    expect(await ask(bob, 'release_tasks', { task_ids: [task] })).toMatchObject({ released: [task] });
  });

  it('gets no answer to another one’s request', async () => {
    const tasks = (await someTasks(call, goal_id, 1)) as [string];
    const args = { task_ids: tasks, agent: 'x', request_id: 'once' };
    const first = await ask(ann, 'claim_tasks', args);
    expect(await ask(ann, 'claim_tasks', args)).toEqual(first);
    const others = [bob, local, { ...local, actor: 'ann-7f3a', agentName: 'ann' }];
    for (const other of others)
      await expect(ask(other, 'claim_tasks', args)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('that only reads is refused by every tool that writes, before anything is looked at', async () => {
    const before = await contentsOf(sql);
    const writing = tools.filter((tool) => !tool.hints.readOnlyHint);
    expect(writing.length).toBeGreaterThan(10);
    const args: Record<string, Record<string, unknown>> = {
      create_goal: { description: 'x' },
      break_down_goal: { goal_id, subtasks: [{ description: 'x' }] },
      update_goal: { goal_id, priority: 'low' },
      delete_goal: { goal_id },
      update_task: { task_id: 'TASK-1', priority: 'low' },
      update_task_status: { task_id: 'TASK-1', status: 'completed' },
      batch_update_tasks: { updates: [{ task_id: 'TASK-1', status: 'completed' }] },
      delete_task: { task_id: 'TASK-1' },
      claim_tasks: {},
      release_tasks: { task_ids: ['TASK-1'] },
      acquire: { names: ['x'] },
      release: { names: ['x'] },
      save_template: { name: 'x', goal_id },
      apply_template: { name: 'x' },
      recur_template: { name: 'x', rule: null },
      delete_template: { name: 'x' },
      add_note: { goal_id, text: 'x' },
      undo: {},
    };
    for (const { name } of writing) {
      for (const request of [{}, { request_id: `of ${name}` }]) {
        await expect(ask(reader, name, { ...args[name], ...request })).rejects.toMatchObject({
          code: 'forbidden',
          message: `The token eve has the role reader, and may not use ${name}. Use a token with the role writer.`,
        });
      }
    }
    expect(await contentsOf(sql)).toEqual(before);
    expect(await ask(reader, 'get_goal', { goal_id })).toMatchObject({ id: goal_id });
  });
});

describe('a caller that has the database itself', () => {
  it('may give any name to its agents but that of a token, be it revoked', async () => {
    const [task] = (await someTasks(call, goal_id, 1)) as [string];
    const claim = (agent: string, caller = local) => ask(caller, 'claim_tasks', { task_ids: [task], agent });
    await revokeToken(call, 'bob');
    for (const agent of ['ann', 'bob', 'ann/reviewer'])
      await expect(claim(agent)).rejects.toMatchObject({
        code: 'forbidden',
        message: `${agent.split('/')[0]} is the name of a token, and only calls with that token are made under it. Give agent another name.`,
      });
    expect(await holders(task)).toEqual([]);
    await claim('a reviewer');
    expect(await holders(task)).toEqual(['a reviewer']);
  });
});
