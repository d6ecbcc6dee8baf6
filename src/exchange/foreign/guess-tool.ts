import { GoalAgentError } from '../../domain/errors.ts';
import { readSource } from './read-source.ts';
import { type ToolName, toolNames } from './tools.ts';

/**
 * The tool whose file or folder this is, where only one can read it.
 *
 * @throws GoalAgentError `invalid` where none can, or several can: then a person has to say which.
 */
export async function guessTool(given: string): Promise<ToolName> {
  const fitting: ToolName[] = [];
  for (const tool of toolNames) {
    try {
      const { goals, tasks } = (await readSource(tool, given)).plan;
      // an empty file is anybody's
      if (goals.length + tasks.length > 0) fitting.push(tool);
    } catch (error) {
      if (!(error instanceof GoalAgentError)) throw error;
    }
  }
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  const names = (fitting.length === 0 ? toolNames : fitting).join(', ');
  throw new GoalAgentError(
    'invalid',
    `${given} ${fitting.length === 0 ? 'is of no tool that is known' : `may be of ${names}`}. Say what it is: goal-agent import ${fitting[0] ?? 'task-master'} ${given}; there are ${toolNames.join(', ')}.`,
  );
}
