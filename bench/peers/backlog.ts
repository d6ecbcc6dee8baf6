import { execFileSync } from 'node:child_process';
import { goal, result, subtasks } from '../tokens/work.ts';
import type { Install } from './install.ts';
import { ask, find, type Peer, type Writing } from './peer.ts';

/** A goal is a milestone. The program is the one of this platform, without the script in front of it. */
export function backlog({ versionOf, path }: Install): Peer {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = path(`backlog.md-${platform}-${process.arch}`, `backlog${suffix}`);
  return {
    name: 'Backlog.md',
    version: versionOf('backlog.md'),
    keeps: 'a Markdown file a task; nothing is flushed',
    prepare(folder) {
      const run = (file: string, args: string[]) =>
        execFileSync(file, args, { cwd: folder, env: { PATH: process.env.PATH ?? '', HOME: folder }, stdio: 'ignore' });
      run('git', ['init', '--quiet']);
      run(program, ['init', 'bench', '--defaults', '--integration-mode', 'mcp']);
    },
    command: (folder) => ({ file: program, args: ['mcp', 'start'], env: { HOME: folder } }),
    async session(act, { run }) {
      const milestone = `Add OAuth sign-in, ${run}`;
      await act('create', 'milestone_add', { name: milestone, description: goal.description });
      const ids: string[] = [];
      for (const { description, dependencies = [] } of subtasks) {
        const waitsFor = dependencies.map((name) => ids[Number(name.slice(1)) - 1]);
        const task = { title: description, description, milestone, dependencies: waitsFor };
        ids.push(find(await act('break down', 'task_create', task), /^Task (TASK-\d+)/m));
      }
      for (const _ of subtasks) {
        const id = find(
          await act('next', 'task_list', { ready: true, status: 'To Do', milestone, limit: 1 }),
          /(TASK-\d+)/,
        );
        await act('start', 'task_edit', { id, status: 'In Progress', assignee: ['@bench'] });
        await act('complete', 'task_edit', { id, status: 'Done', finalSummary: result });
      }
    },
    writing,
  };
}

const writing: Writing = {
  create: async (server, title) => find(await ask(server, 'task_create', { title }), /^Task (TASK-\d+)/m),
  async complete(server, id) {
    find(await ask(server, 'task_edit', { id, status: 'Done' }), /^Status: (.*Done)$/m);
  },
  list(server, which) {
    return ask(server, 'task_list', which === 'completed' ? { status: 'Done', limit: 1_000 } : { limit: 1_000 });
  },
};
