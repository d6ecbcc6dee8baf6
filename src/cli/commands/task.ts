import type { Command } from 'commander';
import type { Actions } from '../actions.ts';
import { addTaskChangeCommands } from './task-change.ts';
import { addTaskClaimCommands } from './task-claim.ts';
import { addTaskCriteriaCommands } from './task-criteria.ts';
import { addTaskReadCommands } from './task-read.ts';
import { addTaskStatusCommands } from './task-status.ts';

/** Adds `goal-agent task …`. */
export function addTaskCommands(program: Command, actions: Actions): void {
  const group = program.command('task').description('steps toward a goal: add, find, claim, finish, change, delete');
  addTaskReadCommands(group, actions);
  addTaskClaimCommands(group, actions);
  addTaskStatusCommands(group, actions);
  addTaskCriteriaCommands(group, actions);
  addTaskChangeCommands(group, actions);
}
