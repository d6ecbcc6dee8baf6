export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** One way over HTTP to one tool. */
export interface Route {
  method: Method;
  /** Below /api/v1. Each `{parameter}` is an argument of the tool. */
  path: string;
  tool: string;
  /** The row that the path names, where it has a revision that a caller may hold the change to. */
  row?: 'goal' | 'task';
  /** What the path names where the tool takes a list. */
  asList?: string;
  /** The answer's status; 200 if not said. */
  status?: 201;
}

/** Every tool's routes. Reads are GET: what differs from one to the other is in the path and the query. */
export const routes: readonly Route[] = [
  { method: 'get', path: '/goals', tool: 'list_goals' },
  { method: 'post', path: '/goals', tool: 'create_goal', status: 201 },
  { method: 'get', path: '/goals/{goal_id}', tool: 'get_goal', row: 'goal' },
  { method: 'patch', path: '/goals/{goal_id}', tool: 'update_goal', row: 'goal' },
  { method: 'delete', path: '/goals/{goal_id}', tool: 'delete_goal', row: 'goal' },
  { method: 'get', path: '/goals/{goal_id}/tasks', tool: 'list_tasks' },
  { method: 'post', path: '/goals/{goal_id}/tasks', tool: 'break_down_goal', status: 201 },
  { method: 'get', path: '/goals/{goal_id}/plan', tool: 'generate_execution_plan' },
  { method: 'post', path: '/goals/{goal_id}/notes', tool: 'add_note', status: 201 },
  { method: 'get', path: '/tasks', tool: 'list_tasks' },
  { method: 'get', path: '/tasks/ready', tool: 'get_next_tasks' },
  { method: 'get', path: '/tasks/{task_id}', tool: 'get_task', row: 'task' },
  { method: 'patch', path: '/tasks/{task_id}', tool: 'update_task', row: 'task' },
  { method: 'delete', path: '/tasks/{task_id}', tool: 'delete_task', row: 'task' },
  { method: 'put', path: '/tasks/{task_id}/status', tool: 'update_task_status', row: 'task' },
  { method: 'post', path: '/tasks/{task_id}/notes', tool: 'add_note', status: 201 },
  { method: 'post', path: '/claims', tool: 'claim_tasks' },
  { method: 'delete', path: '/claims/{task_id}', tool: 'release_tasks', asList: 'task_ids' },
  { method: 'delete', path: '/claims', tool: 'release_tasks' },
  { method: 'post', path: '/resources', tool: 'acquire' },
  { method: 'delete', path: '/resources', tool: 'release' },
  { method: 'get', path: '/templates', tool: 'list_templates' },
  { method: 'get', path: '/templates/{name}', tool: 'list_templates' },
  { method: 'put', path: '/templates/{name}', tool: 'save_template' },
  { method: 'delete', path: '/templates/{name}', tool: 'delete_template' },
  { method: 'post', path: '/templates/{name}/goals', tool: 'apply_template', status: 201 },
  { method: 'put', path: '/templates/{name}/recurrence', tool: 'recur_template' },
  { method: 'post', path: '/batches/read', tool: 'batch_get_tasks' },
  { method: 'post', path: '/batches/status', tool: 'batch_update_tasks' },
  { method: 'get', path: '/search', tool: 'search' },
  { method: 'get', path: '/briefing', tool: 'get_briefing' },
  { method: 'get', path: '/history', tool: 'get_history' },
  { method: 'post', path: '/undo', tool: 'undo' },
  { method: 'get', path: '/status', tool: 'get_agent_status' },
];

/** The names of a path's parameters, in order. */
export function parametersOf(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
}

/** `/goals/{goal_id}` as hono writes it. */
export function honoPath(path: string): string {
  return parametersOf(path).reduce((text, name) => text.replace(`{${name}}`, `:${name}`), path);
}
