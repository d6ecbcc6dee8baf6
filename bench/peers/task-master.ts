import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { goal, subtasks } from '../tokens/work.ts';
import type { Install } from './install.ts';
import { ask, find, type Peer, type Writing } from './peer.ts';

/** A goal is a task, and its tasks are subtasks, added by hand: to expand a task takes a model and its key. */
export function taskMaster({ versionOf, path }: Install): Peer {
  return {
    name: 'Task Master',
    version: versionOf('task-master-ai'),
    keeps: 'one JSON file; nothing is flushed',
    prepare(folder) {
      mkdirSync(join(folder, '.taskmaster'));
      // a benchmark reports nothing to anybody
      const config = { global: { anonymousTelemetry: false } };
      writeFileSync(join(folder, '.taskmaster', 'config.json'), JSON.stringify(config));
    },
    command: () => ({
      file: process.execPath,
      args: [path('task-master-ai', 'dist', 'mcp-server.js')],
      // the seven tools that it lists otherwise create nothing without a model
      env: { TASK_MASTER_TOOLS: 'standard' },
    }),
    async session(act, { folder: projectRoot, run }) {
      const title = `Add OAuth sign-in, ${run}`;
      const { description, priority } = goal;
      const created = await act('create', 'add_task', { title, description, priority, projectRoot });
      const id = find(created, /"taskId": (\d+)/);
      for (const { description, dependencies = [] } of subtasks) {
        const waitsFor = dependencies.map((name) => name.replace('#', `${id}.`)).join(',');
        const subtask = { id, title: description, description, dependencies: waitsFor, projectRoot };
        await act('break down', 'add_subtask', subtask);
      }
      await act('start', 'set_task_status', { id, status: 'in-progress', projectRoot });
      for (const _ of subtasks) {
        const next = find(await act('next', 'next_task', { projectRoot }), /"id": "(\d+\.\d+)"/);
        await act('start', 'set_task_status', { id: next, status: 'in-progress', projectRoot });
        await act('complete', 'set_task_status', { id: next, status: 'done', projectRoot });
      }
    },
    writing,
  };
}

const writing: Writing = {
  async create(server, title) {
    const task = { title, description: title, projectRoot: server.folder };
    return find(await ask(server, 'add_task', task), /"taskId": (\d+)/);
  },
  async complete(server, id) {
    const answer = await ask(server, 'set_task_status', { id, status: 'done', projectRoot: server.folder });
    find(answer, /"(success)": true/);
  },
  list(server, which) {
    const status = which === 'completed' ? { status: 'done' } : {};
    return ask(server, 'get_tasks', { projectRoot: server.folder, ...status });
  },
};
