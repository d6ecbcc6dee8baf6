import { acquire } from './acquire.ts';
import { addNote } from './add-note.ts';
import { applyTemplate } from './apply-template.ts';
import { batchGetTasks } from './batch-get-tasks.ts';
import { batchUpdateTasks } from './batch-update-tasks.ts';
import { breakDownGoal } from './break-down-goal.ts';
import { claimTasks } from './claim-tasks.ts';
import { createGoal } from './create-goal.ts';
import type { Tool } from './define/define-tool.ts';
import { deleteGoal } from './delete-goal.ts';
import { deleteTask } from './delete-task.ts';
import { deleteTemplate } from './delete-template.ts';
import { generateExecutionPlan } from './generate-execution-plan.ts';
import { getAgentStatus } from './get-agent-status.ts';
import { getBriefing } from './get-briefing.ts';
import { getGoal } from './get-goal.ts';
import { getHistory } from './get-history.ts';
import { getNextTasks } from './get-next-tasks.ts';
import { getTask } from './get-task.ts';
import { listGoals } from './list-goals.ts';
import { listTasks } from './list-tasks.ts';
import { listTemplates } from './list-templates.ts';
import { recurTemplate } from './recur-template.ts';
import { release } from './release.ts';
import { releaseTasks } from './release-tasks.ts';
import { saveTemplate } from './save-template.ts';
import { search } from './search.ts';
import { undo } from './undo.ts';
import { updateGoal } from './update-goal.ts';
import { updateTask } from './update-task.ts';
import { updateTaskStatus } from './update-task-status.ts';

/** Every tool, in the order in which clients list them: the order of work. */
export const tools: readonly Tool[] = [
  createGoal,
  breakDownGoal,
  getNextTasks,
  updateTaskStatus,
  claimTasks,
  releaseTasks,
  acquire,
  release,
  addNote,
  getTask,
  getGoal,
  listGoals,
  listTasks,
  updateGoal,
  updateTask,
  generateExecutionPlan,
  getBriefing,
  search,
  getHistory,
  undo,
  batchUpdateTasks,
  batchGetTasks,
  deleteTask,
  deleteGoal,
  getAgentStatus,
  saveTemplate,
  listTemplates,
  applyTemplate,
  recurTemplate,
  deleteTemplate,
];
