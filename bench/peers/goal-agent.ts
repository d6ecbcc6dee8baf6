import { basename } from 'node:path';
import { version } from '../../src/main/version.ts';
import { programPath } from '../setting.ts';
import { goal, result, subtasks } from '../tokens/work.ts';
import { type Act, ask, find, type Peer, type Writing } from './peer.ts';

/** The first goal of a store. */
const goalId = 'GOAL-0001';

/** Ours, on one database for all: a folder's name is its workspace. It goes the way that its instructions tell, or call for call as the others. */
export function goalAgent(home: string, way: 'as its docs tell' | 'call for call'): Peer {
  return {
    name: way === 'call for call' ? `Goal Agent, ${way}` : 'Goal Agent',
    version,
    keeps: 'PostgreSQL; each change is flushed',
    prepare() {},
    command: (folder) => ({
      file: process.execPath,
      args: [programPath, 'mcp'],
      env: { GOAL_AGENT_HOME: home, GOAL_AGENT_WORKSPACE: basename(folder) },
    }),
    session: way === 'call for call' ? callForCall : withClaims,
    writing,
  };
}

async function withClaims(act: Act): Promise<void> {
  const id = await planned(act);
  let task = Claimed.from(await act('next', 'claim_tasks', { goal_id: id }));
  for (const _ of subtasks) {
    const done = { task_id: task?.id, status: 'completed', result, fence: task?.fence, claim_next: true };
    task = Claimed.from(await act('complete', 'update_task_status', done));
  }
  if (task !== undefined) throw new Error(`${task.id} is left over`);
}

async function callForCall(act: Act): Promise<void> {
  const goalId = await planned(act);
  for (const _ of subtasks) {
    const taskId = find(await act('next', 'get_next_tasks', { goal_id: goalId, limit: 1 }), /"id":"(TASK-\d+)"/);
    await act('start', 'update_task_status', { task_id: taskId, status: 'in_progress' });
    await act('complete', 'update_task_status', { task_id: taskId, status: 'completed', result });
  }
}

async function planned(act: Act): Promise<string> {
  const id = find(await act('create', 'create_goal', goal), /"id":"(GOAL-\d+)"/);
  await act('break down', 'break_down_goal', { goal_id: id, subtasks });
  return id;
}

interface Claimed {
  id: string;
  fence: number;
}

const Claimed = {
  /** The task that an answer hands out, if it does. */
  from(text: string): Claimed | undefined {
    const answer = JSON.parse(text) as { tasks?: Claimed[]; next?: Claimed | null };
    return answer.tasks?.[0] ?? answer.next ?? undefined;
  },
};

const writing: Writing = {
  async begin(server) {
    await ask(server, 'create_goal', { description: 'Eight writers at once' });
  },
  async create(server, title) {
    const input = { goal_id: goalId, subtasks: [{ description: title }] };
    return find(await ask(server, 'break_down_goal', input), /"first_task_id":"(TASK-\d+)"/);
  },
  async complete(server, id) {
    await ask(server, 'update_task_status', { task_id: id, status: 'completed' });
  },
  async list(server, which) {
    const status = which === 'completed' ? { status: 'completed' } : {};
    const pages: string[] = [];
    let cursor: string | undefined;
    do {
      const text = await ask(server, 'list_tasks', { goal_id: goalId, limit: 100, cursor, ...status });
      pages.push(text);
      cursor = /"next_cursor":"([^"]+)"/.exec(text)?.[1];
    } while (cursor !== undefined);
    return pages.join('\n');
  },
};
