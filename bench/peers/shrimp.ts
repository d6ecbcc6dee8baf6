import { join } from 'node:path';
import { goal, result, subtasks } from '../tokens/work.ts';
import type { Install } from './install.ts';
import { ask, find, type Peer, type Writing } from './peer.ts';

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/**
 * There are no goals: plan_task answers what to think of, and keeps nothing. The two steps of thought between it and
 * split_tasks keep nothing either, and are left out here. The next task is the first of the pending ones.
 */
export function shrimp({ versionOf, path }: Install): Peer {
  return {
    name: 'Shrimp',
    version: versionOf('mcp-shrimp-task-manager'),
    keeps: 'one JSON file; nothing is flushed',
    prepare() {},
    command: (folder) => ({
      file: process.execPath,
      args: [path('mcp-shrimp-task-manager', 'dist', 'index.js')],
      env: { DATA_DIR: join(folder, 'data') },
    }),
    async session(act) {
      await act('create', 'plan_task', { description: goal.description });
      await act('break down', 'split_tasks', {
        updateMode: 'append',
        tasksRaw: JSON.stringify(subtasks.map(asTask)),
        globalAnalysisResult: goal.description,
      });
      for (const _ of subtasks) {
        const pending = await act('next', 'list_tasks', { status: 'pending' });
        const taskId = find(pending, new RegExp(`(${uuid})`));
        await act('start', 'execute_task', { taskId });
        await act('complete', 'verify_task', { taskId, score: 95, summary: result });
      }
    },
    writing,
  };
}

function asTask({ description, dependencies = [] }: (typeof subtasks)[number]) {
  return {
    name: description,
    description,
    implementationGuide: description,
    dependencies: dependencies.map((name) => subtasks[Number(name.slice(1)) - 1]?.description),
  };
}

const writing: Writing = {
  async create(server, title) {
    const description = `One of many tasks: ${title}`;
    const tasks = [{ name: title, description, implementationGuide: description }];
    const answer = await ask(server, 'split_tasks', { updateMode: 'append', tasksRaw: JSON.stringify(tasks) });
    return find(answer, new RegExp(`: ${title}\\s+\\*\\*ID:\\*\\* \`(${uuid})\``));
  },
  async complete(server, taskId) {
    // it completes only what it has handed out
    await ask(server, 'execute_task', { taskId });
    find(await ask(server, 'verify_task', { taskId, score: 95, summary: result }), /(marked as completed)/);
  },
  list: (server, which) => ask(server, 'list_tasks', { status: which }),
};
