import { type FoundFolder, findBacklog, findClaudeTasks } from './folders.ts';
import type { ForeignPlan, Reading } from './plan.ts';

/** A tool whose files are taken over. What reads them is loaded when it is needed. */
export interface ForeignTool {
  /** What it is called in a report. */
  title: string;
  /** What becomes of it, for the help. */
  what: string;
  /** The files of a project's folder that hold its tasks; the first that is there counts. */
  inFolder: readonly string[];
  /** Whether its IDs are the same thing in whatever file they stand. Otherwise they count for one path. */
  hasGlobalIds?: true;
  /** Where it keeps a file for each task: the files of a folder. */
  find?(folder: string): Promise<FoundFolder | undefined>;
  load(): Promise<(reading: Reading) => ForeignPlan>;
}

export const foreignTools = {
  'task-master': {
    title: 'Task Master',
    what: 'take over tasks.json of Task Master: a tag becomes a goal, a subtask a task',
    inFolder: ['.taskmaster/tasks/tasks.json', 'tasks/tasks.json', 'tasks.json'],
    load: async () => (await import('./formats/task-master.ts')).readTaskMaster,
  },
  beads: {
    title: 'Beads',
    what: 'take over the issues of Beads: an epic becomes a goal',
    inFolder: ['.beads/issues.jsonl', '.beads/beads.jsonl', 'issues.jsonl'],
    load: async () => (await import('./formats/beads.ts')).readBeads,
  },
  markdown: {
    title: 'Markdown',
    what: 'take over the lists of a Markdown file: a heading becomes a goal, an item a task',
    inFolder: ['TODO.md'],
    load: async () => (await import('./formats/markdown.ts')).readMarkdown,
  },
  csv: {
    title: 'CSV',
    what: 'take over a table of tasks, from a spreadsheet or another tool; its first row names the columns',
    inFolder: ['tasks.csv'],
    load: async () => (await import('./formats/csv.ts')).readCsv,
  },
  'backlog-md': {
    title: 'Backlog.md',
    what: 'take over the tasks of Backlog.md: a milestone becomes a goal',
    inFolder: ['backlog'],
    find: findBacklog,
    load: async () => (await import('./formats/backlog-md.ts')).readBacklogMd,
  },
  shrimp: {
    title: 'Shrimp Task Manager',
    what: 'take over tasks.json of Shrimp Task Manager: tasks that were planned together share a goal',
    inFolder: ['shrimp_data/tasks.json', 'SHRIMP/tasks.json', 'data/tasks.json', 'tasks.json'],
    load: async () => (await import('./formats/shrimp.ts')).readShrimp,
  },
  'claude-code': {
    title: 'Claude Code',
    what: 'take over the task lists of Claude Code: a list becomes a goal',
    inFolder: ['.claude/tasks'],
    hasGlobalIds: true,
    find: findClaudeTasks,
    load: async () => (await import('./formats/claude-code.ts')).readClaudeCode,
  },
  taskwarrior: {
    title: 'Taskwarrior',
    what: 'take over what "task export" writes: a project becomes a goal',
    inFolder: ['tasks.json'],
    hasGlobalIds: true,
    load: async () => (await import('./formats/taskwarrior.ts')).readTaskwarrior,
  },
} as const satisfies Record<string, ForeignTool>;

export type ToolName = keyof typeof foreignTools;

export const toolNames = Object.keys(foreignTools) as ToolName[];
