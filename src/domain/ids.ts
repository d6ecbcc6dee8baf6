import { z } from 'zod';
import { parseId } from './id-text.ts';

export { goalIdOf, parseTaskId, taskIdOf } from './id-text.ts';

/** A goal's ID as people and agents write it (`goal-1`, `GOAL-0001`), turned into the stored form. */
export const GoalId = idSchema('GOAL');
/** A task's ID as people and agents write it (`task-1`, `TASK-0001`), turned into the stored form. */
export const TaskId = idSchema('TASK');

function idSchema(prefix: 'GOAL' | 'TASK') {
  return z.string().transform((text, context) => {
    const id = parseId(prefix, text);
    if (id !== undefined) return id;
    context.addIssue({
      code: 'custom',
      message: `is not the form of a ${prefix.toLowerCase()} ID; write ${prefix}-0001`,
    });
    return z.NEVER;
  });
}
