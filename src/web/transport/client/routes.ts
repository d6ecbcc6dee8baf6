// The tools behind the routes that the page asks for: the same as those of the service.

interface ToolRoute {
  method: string;
  /** Each `{parameter}` is an argument of the tool. */
  path: string;
  tool: string;
  /** The page shows what the answer has of the rows, too. */
  isWhole?: true;
}

export const toolRoutes: readonly ToolRoute[] = [
  { method: 'POST', path: '/goals', tool: 'create_goal' },
  { method: 'GET', path: '/goals/{goal_id}', tool: 'get_goal' },
  { method: 'PATCH', path: '/goals/{goal_id}', tool: 'update_goal' },
  { method: 'DELETE', path: '/goals/{goal_id}', tool: 'delete_goal' },
  { method: 'POST', path: '/goals/{goal_id}/tasks', tool: 'break_down_goal', isWhole: true },
  { method: 'GET', path: '/templates', tool: 'list_templates' },
  { method: 'PUT', path: '/templates/{name}', tool: 'save_template' },
  { method: 'POST', path: '/templates/{name}/goals', tool: 'apply_template' },
  { method: 'POST', path: '/goals/{goal_id}/notes', tool: 'add_note' },
  { method: 'GET', path: '/tasks/{task_id}', tool: 'get_task' },
  { method: 'PATCH', path: '/tasks/{task_id}', tool: 'update_task' },
  { method: 'DELETE', path: '/tasks/{task_id}', tool: 'delete_task' },
  { method: 'PUT', path: '/tasks/{task_id}/status', tool: 'update_task_status' },
  { method: 'POST', path: '/tasks/{task_id}/notes', tool: 'add_note' },
  { method: 'POST', path: '/batches/status', tool: 'batch_update_tasks' },
  { method: 'GET', path: '/search', tool: 'search' },
  { method: 'POST', path: '/undo', tool: 'undo' },
];

const patterns = toolRoutes.map(({ path, ...route }) => ({
  ...route,
  pattern: new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}));

/** The tool and its arguments for a request; undefined where no tool stands for it. */
export function toolCallOf(
  asked: string,
  address: string,
  body: unknown,
): { tool: string; args: Record<string, unknown> } | undefined {
  const [path = '', search] = address.split('?');
  for (const { method, pattern, tool, isWhole } of patterns) {
    const found = method === asked ? pattern.exec(path) : null;
    if (found === null) continue;
    const inPath = Object.entries(found.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]);
    return {
      tool,
      args: {
        ...Object.fromEntries(inPath),
        ...Object.fromEntries(new URLSearchParams(search)),
        ...(body as object),
        ...(isWhole && { full: true }),
      },
    };
  }
  return undefined;
}
