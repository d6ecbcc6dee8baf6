import { step } from '../store/database.ts';
import type { Row } from '../store/statement.ts';
import { countWholeWorkspace, countWorkspace } from '../store/statements/count-workspace.ts';
import { type Call, read } from './call.ts';

/** How much the workspace holds, and the last numbers that were given to goals and tasks. */
export interface WorkspaceState {
  goals: number;
  tasks: number;
  openTasks: number;
  goalCounter: number;
  taskCounter: number;
}

/** How much there is. Past 500 goals only the newest are counted, and `isAll` is false. */
export async function readWorkspaceState(call: Call): Promise<WorkspaceState & { isAll: boolean }> {
  const { counted } = await read(call, { counted: step(countWorkspace, { workspaceId: call.store.workspaceId }) });
  return stateOf(counted);
}

/** How much there is, counted to the last: it takes as long as there are goals. */
export async function readWholeWorkspaceState(call: Call): Promise<WorkspaceState> {
  const { workspaceId } = call.store;
  return stateOf((await read(call, { counted: step(countWholeWorkspace, { workspaceId }) })).counted);
}

function stateOf([row]: Row<typeof countWorkspace>[]): WorkspaceState & { isAll: boolean } {
  return {
    goals: row?.goals ?? 0,
    tasks: row?.tasks ?? 0,
    openTasks: row?.open_tasks ?? 0,
    goalCounter: row?.goal_counter ?? 0,
    taskCounter: row?.task_counter ?? 0,
    isAll: row?.is_all ?? true,
  };
}
