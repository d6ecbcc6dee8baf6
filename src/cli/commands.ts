import type { Command } from 'commander';
import type { Actions } from './actions.ts';
import { example } from './arguments.ts';
import { addArchiveCommands } from './commands/archive.ts';
import { addBackupCommands } from './commands/backup.ts';
import { addBoardCommand } from './commands/board.ts';
import { addBreakCommand } from './commands/break.ts';
import { addBriefCommand } from './commands/brief.ts';
import { addCallCommand } from './commands/call.ts';
import { addCompletionCommands } from './commands/completion.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addExportCommands } from './commands/export.ts';
import { addGoalCommands } from './commands/goal.ts';
import { addImportCommands } from './commands/import.ts';
import { addLogCommand } from './commands/log.ts';
import { addNoteCommand } from './commands/note.ts';
import { addPlanCommand } from './commands/plan.ts';
import { addResourceCommands } from './commands/resources.ts';
import { addSearchCommand } from './commands/search.ts';
import { addServeCommand } from './commands/serve.ts';
import { addSetupCommand } from './commands/setup.ts';
import { addTaskCommands } from './commands/task.ts';
import { addTemplateCommands } from './commands/template.ts';
import { addTokenCommands } from './commands/token.ts';
import { addUndoCommand } from './commands/undo.ts';
import { addWatchCommand } from './commands/watch.ts';
import { addWebhookCommands } from './commands/webhook.ts';
import { addWorkspaceCommands } from './commands/workspace.ts';
import { addMachineCommands } from './machine-commands.ts';
import { renderInit } from './render.ts';

/** Adds every command but `mcp`, in the order of the help. */
export function addCommands(program: Command, actions: Actions): void {
  addGoalCommands(program, actions);
  addTaskCommands(program, actions);
  addResourceCommands(program, actions);
  addTemplateCommands(program, actions);
  addBreakCommand(program, actions);
  addPlanCommand(program, actions);
  addBoardCommand(program, actions);
  addWatchCommand(program, actions);
  addBriefCommand(program, actions);
  addSearchCommand(program, actions);
  addNoteCommand(program, actions);
  addLogCommand(program, actions);
  addUndoCommand(program, actions);
  addArchiveCommands(program, actions);
  addCallCommand(program, actions);
  addServeCommand(program, actions);
  addMachineCommands(program, actions);
  addSetupCommand(program, actions);
  addDoctorCommand(program, actions);
  example(program.command('init'), 'goal-agent init')
    .description('create the database, its tables and indexes where they are missing, and check the connection')
    .action(async () => renderInit(await actions.init()));
  addImportCommands(program, actions);
  addExportCommands(program, actions);
  addBackupCommands(program, actions);
  addWebhookCommands(program, actions);
  addTokenCommands(program, actions);
  addWorkspaceCommands(program, actions);
  addCompletionCommands(program, actions);
}
