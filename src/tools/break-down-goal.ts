import { z } from 'zod';
import { GoalId } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import { subtaskFields } from '../domain/subtasks.ts';
import { breakDownGoal as breakDown } from '../service/break-down-goal.ts';
import { Budget, GoalAnswer, goalAnswer, Persistence, persistence, TaskEntry, taskEntry } from './answers/answers.ts';
import { adds, defineTool } from './define/define-tool.ts';
import { listedAsText, listedAsTexts, unlisted } from './define/listed-schema.ts';

const Subtask = z.strictObject({
  description: subtaskFields.description,
  type: subtaskFields.type.optional(),
  priority: listedAsText(subtaskFields.priority.optional()),
  dependencies: subtaskFields.dependencies.optional().describe('#1, key, TASK-0001'),
  key: subtaskFields.key.optional(),
  estimated_effort: subtaskFields.estimated_effort.unwrap().optional(),
  repo: subtaskFields.repo.unwrap().optional(),
  jira_ticket: subtaskFields.jira_ticket.unwrap().optional(),
  tools: unlisted(subtaskFields.tools.optional()),
  labels: subtaskFields.labels.optional(),
  criteria: listedAsTexts(subtaskFields.criteria.optional()),
  due_at: subtaskFields.due_at.optional(),
  defer_until: unlisted(subtaskFields.defer_until.optional()),
});

/** IDs follow the order of the subtasks: the first and the last name all of them. */
const Created = z.object({
  created: z.number().int(),
  first_task_id: z.string(),
  last_task_id: z.string(),
  warnings: z.array(z.string()).optional(),
});

export const breakDownGoal = defineTool({
  name: 'break_down_goal',
  description: 'Break down a goal, or add tasks.',
  input: z.strictObject({
    goal_id: GoalId,
    subtasks: z.array(Subtask).min(1).max(limits.subtasksPerCall),
  }),
  output: Created,
  whole: Created.extend({ goal: GoalAnswer, tasks: z.array(TaskEntry), _persistence: Persistence }),
  hints: adds,
  async run(context, { goal_id, subtasks }) {
    const { goal, taskIds, tasks, alreadyThere } = await breakDown(
      await context.open(),
      goal_id,
      subtasks.map((subtask) => ({
        description: subtask.description,
        type: subtask.type ?? 'general',
        priority: subtask.priority ?? 'medium',
        repo: subtask.repo ?? null,
        jira_ticket: subtask.jira_ticket ?? null,
        estimated_effort: subtask.estimated_effort ?? null,
        tools: subtask.tools ?? [],
        labels: subtask.labels ?? [],
        criteria: subtask.criteria ?? [],
        due_at: subtask.due_at ?? null,
        defer_until: subtask.defer_until ?? null,
        dependencies: subtask.dependencies ?? [],
        key: subtask.key,
      })),
    );
    const [first = '', last = first] = [taskIds.at(0), taskIds.at(-1)];
    const made = {
      created: taskIds.length,
      first_task_id: first,
      last_task_id: last,
      ...(alreadyThere.length > 0 && { warnings: [warningOf(goal_id, alreadyThere)] }),
    };
    if (!context.isWhole) return made;
    const half = new Budget().left / 2;
    return {
      goal: goalAnswer(goal, new Budget(half)),
      tasks: new Budget(half).firstOf(tasks.map(taskEntry)),
      ...made,
      _persistence: persistence(
        context.facts().cache.enabled,
        `${taskIds.length} ${taskIds.length === 1 ? 'task' : 'tasks'} saved to PostgreSQL database`,
      ),
    };
  },
});

function warningOf(goalId: string, alreadyThere: { id: string; status: string }[]): string {
  const named = alreadyThere.map(({ id, status }) => `${id} (${status})`).join(', ');
  return `${goalId} had tasks with the same text: ${named}. If these are the same tasks, undo takes back this call.`;
}
