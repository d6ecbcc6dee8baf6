import { step } from '../store/database.ts';
import { countWorkspace } from '../store/statements/count-workspace.ts';
import { type Call, read } from './call.ts';

/** How much the workspace holds, and the last numbers that were given to goals and tasks. */
export interface WorkspaceState {
  goals: number;
  tasks: number;
  openTasks: number;
  goalCounter: number;
  taskCounter: number;
}

export async function readWorkspaceState(call: Call): Promise<WorkspaceState> {
  const { counted } = await read(call, { counted: step(countWorkspace, { workspaceId: call.store.workspaceId }) });
  const [row] = counted;
  return {
    goals: row?.goals ?? 0,
    tasks: row?.tasks ?? 0,
    openTasks: row?.open_tasks ?? 0,
    goalCounter: row?.goal_counter ?? 0,
    taskCounter: row?.task_counter ?? 0,
  };
}
