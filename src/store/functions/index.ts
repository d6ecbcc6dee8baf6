import { addNote } from './add-note.ts';
import { claimForMany } from './claim-for-many.ts';
import { claimTasks } from './claim-tasks.ts';
import { countSubGoals } from './count-sub-goals.ts';
import { createGoal } from './create-goal.ts';
import { deleteTask } from './delete-task.ts';
import { editTask } from './edit-task.ts';
import { endDeferrals } from './end-deferrals.ts';
import { finishAndClaim } from './finish-and-claim.ts';
import { advanceReadyStarts, forgetReadyStarts, moveReadyStartsBack } from './move-ready-starts.ts';
import { notifyResources } from './notify-resources.ts';
import { releaseTasks } from './release-tasks.ts';
import { setTaskStatuses } from './set-task-statuses.ts';
import { takeNumbers } from './take-numbers.ts';
import { updateGoal } from './update-goal.ts';

/** Every function of the schema: the migration runner makes those that are missing. */
export const functions = [
  addNote,
  advanceReadyStarts,
  claimForMany,
  claimTasks,
  countSubGoals,
  createGoal,
  deleteTask,
  editTask,
  endDeferrals,
  finishAndClaim,
  forgetReadyStarts,
  moveReadyStartsBack,
  notifyResources,
  releaseTasks,
  setTaskStatuses,
  takeNumbers,
  updateGoal,
] as const;
