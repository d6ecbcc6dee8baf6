import { z } from 'zod';
import { CriterionRefs } from '../domain/criteria-input.ts';
import { GoalAgentError } from '../domain/errors.ts';
import { GoalId, TaskId } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import { subtaskFields } from '../domain/subtasks.ts';
import { updateTask as update } from '../service/update-task.ts';
import { Budget, TaskAnswer, taskAnswer } from './answers/answers.ts';
import { lateWarning } from './answers/closed-or-later.ts';
import { heldByOthers } from './answers/held-by-others.ts';
import { defineTool, sets } from './define/define-tool.ts';
import { listedAsText, listedAsTexts, unlisted } from './define/listed-schema.ts';

/** Text that may be empty, which takes the value away: null is the same as leaving it out, as everywhere. */
function clearable(schema: z.ZodType) {
  return z.string().check((context) => {
    if (context.value === '') return;
    const problem = schema.safeParse(context.value).error?.issues[0];
    if (problem) context.issues.push({ code: 'custom', message: problem.message, input: context.value });
  });
}

/** Characters of JSON that the task takes in the answer: long text is not what this call was about, or is known. */
const answerRoom = 1_500;

const TaskIds = z.array(TaskId).max(limits.dependenciesPerTask).optional();

const followed = {
  goal_changes: z.array(z.object({ id: z.string(), status: z.string() })).optional(),
  warnings: z.array(z.string()).optional(),
};

export const updateTask = defineTool({
  name: 'update_task',
  description: 'Change a task: only what is given; "" clears a field. goal_id moves it there.',
  input: z.strictObject({
    task_id: TaskId,
    description: subtaskFields.description.optional(),
    type: subtaskFields.type.optional(),
    priority: listedAsText(subtaskFields.priority.optional()),
    estimated_effort: clearable(subtaskFields.estimated_effort).optional(),
    repo: clearable(subtaskFields.repo).optional(),
    jira_ticket: clearable(subtaskFields.jira_ticket).optional(),
    tools: unlisted(subtaskFields.tools.optional()),
    labels: subtaskFields.labels.optional(),
    criteria: listedAsTexts(subtaskFields.criteria.optional()),
    add_criteria: unlisted(subtaskFields.criteria.optional()),
    remove_criteria: unlisted(CriterionRefs.optional()),
    meet_criteria: unlisted(CriterionRefs.optional()),
    unmeet_criteria: unlisted(CriterionRefs.optional()),
    due_at: listedAsText(z.union([z.literal(''), subtaskFields.due_at]).optional()),
    add_dependencies: TaskIds,
    remove_dependencies: TaskIds,
    goal_id: GoalId.optional(),
  }),
  output: TaskAnswer.pick({ id: true, status: true }).extend(followed),
  whole: TaskAnswer.extend(followed),
  hints: sets,
  async run(context, { task_id, goal_id, add_dependencies: add = [], remove_dependencies: remove = [], ...given }) {
    const { criteria: set, add_criteria, remove_criteria, meet_criteria, unmeet_criteria, ...fields } = given;
    const criteria = {
      set,
      add: add_criteria,
      remove: remove_criteria,
      meet: meet_criteria,
      unmeet: unmeet_criteria,
    };
    const isOfCriteria = Object.values(criteria).some((each) => each !== undefined);
    const edit = Object.fromEntries(
      Object.entries(fields).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value === '' ? null : value]],
      ),
    );
    const dependencies = add.length + remove.length > 0 ? { add, remove } : undefined;
    if (Object.keys(edit).length === 0 && goal_id === undefined && dependencies === undefined && !isOfCriteria) {
      throw new GoalAgentError(
        'invalid',
        `update_task: nothing to change on ${task_id}; update_task_status sets its status and result.`,
      );
    }
    const call = await context.open();
    const { task, goals } = await update(call, task_id, {
      edit,
      goalId: goal_id,
      dependencies,
      criteria: isOfCriteria ? criteria : undefined,
    });
    const warnings = [...heldByOthers(call.actor, [task]), ...(isOfCriteria ? lateWarning(task) : [])];
    return {
      ...(context.isWhole ? taskAnswer(task, new Budget(answerRoom)) : { id: task_id, status: task.status }),
      ...(goals.length > 0 && { goal_changes: goals }),
      ...(warnings.length > 0 && { warnings }),
    };
  },
});
