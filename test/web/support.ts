import type { ServiceProcess } from '../support/service-process.ts';

export interface NewTask {
  description: string;
  key?: string;
  dependencies?: string[];
  estimated_effort?: string;
  priority?: string;
  criteria?: string[];
}

/** What agents and people do at a service, for tests of what the board shows of it. */
export function workOf({ request }: ServiceProcess) {
  const call = async (method: string, route: string, body?: unknown, agent = 'codex') => {
    const { status, body: answer } = await request(method, `/api/v1${route}`, {
      headers: { 'x-agent-name': agent },
      ...(body !== undefined && { body }),
    });
    if (status >= 300) throw new Error(`${method} ${route}: ${JSON.stringify(answer)}`);
    return answer;
  };
  return {
    call,
    aGoal: async (description: string, more: object = {}): Promise<string> =>
      (await call('POST', '/goals', { description, ...more })).id,
    async tasks(goalId: string, ...given: (string | NewTask)[]): Promise<string[]> {
      const subtasks = given.map((each) => (typeof each === 'string' ? { description: each } : each));
      const { first_task_id, created } = await call('POST', `/goals/${goalId}/tasks`, { subtasks });
      const first = Number(first_task_id.slice(5));
      return Array.from({ length: created }, (_, place) => `TASK-${String(first + place).padStart(4, '0')}`);
    },
    setStatus: (id: string, status: string, agent?: string) => call('PUT', `/tasks/${id}/status`, { status }, agent),
    statusOf: async (id: string): Promise<string> => (await call('GET', `/tasks/${id}`)).status,
  };
}
