import type { Tool } from '../define-tool.ts';
import { batchGetTasks } from './batch-get-tasks.ts';
import { batchUpdateTasks } from './batch-update-tasks.ts';
import { breakDownGoal } from './break-down-goal.ts';
import { createGoal } from './create-goal.ts';
import { deleteGoal } from './delete-goal.ts';
import { deleteTask } from './delete-task.ts';
import { generateExecutionPlan } from './generate-execution-plan.ts';
import { getAgentStatus } from './get-agent-status.ts';
import { getGoal } from './get-goal.ts';
import { getNextTasks } from './get-next-tasks.ts';
import { getTask } from './get-task.ts';
import { listGoals } from './list-goals.ts';
import { updateGoal } from './update-goal.ts';
import { updateTaskStatus } from './update-task-status.ts';

/** Every tool, in the order in which clients list them: the order of work. */
export const tools: readonly Tool[] = [
  createGoal,
  breakDownGoal,
  getNextTasks,
  updateTaskStatus,
  getTask,
  getGoal,
  listGoals,
  updateGoal,
  generateExecutionPlan,
  batchUpdateTasks,
  batchGetTasks,
  deleteTask,
  deleteGoal,
  getAgentStatus,
];
