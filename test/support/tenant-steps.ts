import type { TenantStep } from './tenants.ts';

/** Calls of which none is refused in a workspace that begins with two goals, by each route; an undo takes back the one before. */
export const accepted: TenantStep[] = (
  [
    ['batch_get_tasks', { task_ids: ['TASK-1', 'TASK-2'] }],
    ['batch_update_tasks', { updates: [{ task_id: 'TASK-1', status: 'in_progress' }] }],
    ['update_task_status', { task_id: 'TASK-1', status: 'pending' }],
    ['claim_tasks', { task_ids: ['TASK-1'], lease_seconds: 3_600 }],
    ['release_tasks', { task_ids: ['TASK-1'] }],
    ['claim_tasks', { task_ids: ['TASK-1', 'TASK-3'], lease_seconds: 3_600 }],
    ['release_tasks', { task_ids: ['TASK-1', 'TASK-3'] }],
    ['add_note', { goal_id: 'GOAL-1', text: 'a note' }],
    ['add_note', { task_id: 'TASK-1', text: 'a note' }],
    ['update_goal', { goal_id: 'GOAL-1', priority: 'low' }],
    ['get_goal', { goal_id: 'GOAL-1' }],
    ['get_task', { task_id: 'TASK-1' }],
    ['list_tasks', { goal_id: 'GOAL-1' }],
    ['generate_execution_plan', { goal_id: 'GOAL-1' }],
    ['delete_task', { task_id: 'TASK-2' }],
    ['delete_goal', { goal_id: 'GOAL-2' }],
    ['undo', {}],
  ] as const
).map(([tool, args]) => ({ tool, args: { ...args } }));
