import { countWorkspace } from '../store/statements/count-workspace.ts';
import type { Call } from './call.ts';

/** How much the workspace holds, and the last numbers that were given to goals and tasks. */
export interface WorkspaceState {
  goals: number;
  tasks: number;
  openTasks: number;
  goalCounter: number;
  taskCounter: number;
}

export async function readWorkspaceState(call: Call): Promise<WorkspaceState> {
  const { database, workspaceId } = call.store;
  const [row] = await database.read(countWorkspace, { workspaceId }, { signal: call.signal });
  return {
    goals: row?.goals ?? 0,
    tasks: row?.tasks ?? 0,
    openTasks: row?.open_tasks ?? 0,
    goalCounter: row?.goal_counter ?? 0,
    taskCounter: row?.task_counter ?? 0,
  };
}
