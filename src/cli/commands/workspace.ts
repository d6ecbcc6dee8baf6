import path from 'node:path';
import type { Command } from 'commander';
import { GoalAgentError } from '../../domain/errors.ts';
import { exportName } from '../../legacy/backup/export-name.ts';
import {
  createWorkspace,
  getWorkspaceSummary,
  listWorkspaces,
  renameWorkspace,
  type WorkspaceSummary,
  type Workspaces,
} from '../../service/workspaces.ts';
import { workspaceAnswer } from '../../tools/answers/admin-answers.ts';
import type { Actions } from '../actions.ts';
import { example } from '../arguments.ts';
import { typedAgain } from '../confirm.ts';
import { look, print, printJson } from '../render/output.ts';
import { type Cell, table } from '../render/table.ts';
import { count } from '../render/text.ts';
import { clock } from '../render/time.ts';
import { counted } from './export.ts';

interface Json {
  json?: boolean;
}

interface DeleteOptions extends Json {
  export?: string;
  confirm?: string;
}

/** Adds `goal-agent workspace …`. */
export function addWorkspaceCommands(program: Command, actions: Actions): void {
  const group = program.command('workspace').description('make, list, rename and delete workspaces');
  example(group.command('create').argument('<name>'), 'goal-agent workspace create team')
    .option('--json', 'print the workspace as JSON')
    .description('make an empty workspace')
    .action(async (name: string, { json = false }: Json) => {
      const made = await actions.withWorkspaces(async (workspaces) => {
        await createWorkspace(workspaces, name);
        return getWorkspaceSummary(workspaces, name);
      });
      if (json) printJson(workspaceAnswer(made));
      else print(`Made the workspace ${name}. A client uses it with GOAL_AGENT_WORKSPACE=${name}.`);
    });
  example(group.command('list'), 'goal-agent workspace list')
    .option('--json', 'print the workspaces as JSON')
    .description('show all workspaces, and how much each holds')
    .action(async ({ json = false }: Json) => {
      const found = await actions.withWorkspaces(listWorkspaces);
      if (json) printJson(found.map(workspaceAnswer));
      else for (const line of listLines(found)) print(line);
    });
  example(group.command('rename').argument('<name>').argument('<new-name>'), 'goal-agent workspace rename team shop')
    .option('--json', 'print the workspace as JSON')
    .description('give a workspace another name')
    .action(async (from: string, to: string, { json = false }: Json) => {
      const renamed = await actions.withWorkspaces(async (workspaces) => {
        await renameWorkspace(workspaces, from, to);
        return getWorkspaceSummary(workspaces, to);
      });
      if (json) {
        printJson(workspaceAnswer(renamed));
        return;
      }
      print(`The workspace ${from} is now named ${to}. Its tokens stay as they are.`);
      print(
        `Set GOAL_AGENT_WORKSPACE=${to} where it said ${from}: a client that still says ${from} begins an empty one.`,
      );
    });
  example(group.command('delete').argument('<name>'), 'goal-agent workspace delete shop')
    .option('--export <file>', 'where everything goes first (default: NAME and the time, in this folder)')
    .option('--confirm <name>', 'the name again, to delete it without being asked')
    .option('--json', 'print the result as JSON; needs --confirm')
    .description('export a workspace to a file, and delete it with all that is in it; asks for its name')
    .action((name: string, options: DeleteOptions) =>
      actions.withWorkspaces((workspaces) => runDelete(workspaces, name, options)),
    );
}

async function runDelete(workspaces: Workspaces, name: string, options: DeleteOptions): Promise<void> {
  const { json = false, confirm } = options;
  const file = path.resolve(options.export ?? exportName(name));
  const summary = await getWorkspaceSummary(workspaces, name);
  if (!json) {
    print(`${name} holds ${held(summary)}. All of it but tokens and webhooks goes to ${file} first.`);
  }
  const typed = confirm ?? (json ? undefined : await typedAgain(`Type ${name} to delete it:`));
  if (typed !== name) throw notDeleted(name, typed);
  const { deleteWithExport } = await import('../../legacy/backup/delete-with-export.ts');
  const exported = await deleteWithExport(workspaces, name, file);
  if (json) {
    printJson({ deleted: workspaceAnswer(summary), file });
    return;
  }
  print(`Deleted ${name}. ${file} has ${counted(exported)}.`);
  print(`To have it back: GOAL_AGENT_WORKSPACE=${name} goal-agent import json ${file}`);
}

function notDeleted(name: string, typed: string | undefined): GoalAgentError {
  const why = typed === undefined ? `To delete it without being asked, add --confirm ${name}.` : `That is not ${name}.`;
  return new GoalAgentError('invalid', `Nothing was exported or deleted. ${why}`);
}

function held({ goals, tasks, openTasks, templates, tokens }: WorkspaceSummary): string {
  const plans = `${count(goals, 'goal')}, ${count(tasks, 'task')} (${openTasks} open)`;
  return `${plans}, ${count(templates, 'template')} and ${count(tokens, 'token')}`;
}

function listLines(workspaces: WorkspaceSummary[]): string[] {
  if (workspaces.length === 0) return ['There is no workspace yet. The first start of a client makes its own.'];
  const rows = workspaces.map(({ name, goals, tasks, openTasks, templates, tokens, createdAt }): Cell[] => [
    ...[name, String(goals), String(tasks), String(openTasks), String(templates), String(tokens)],
    clock(createdAt),
  ]);
  const right = { align: 'right' } as const;
  const head = ['NAME', 'GOALS', 'TASKS', 'OPEN', 'TEMPLATES', 'TOKENS', 'MADE'];
  return table([head, ...rows], [{ keep: true }, right, right, right, right, right, {}], look());
}
