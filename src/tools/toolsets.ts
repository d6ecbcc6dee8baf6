import { GoalAgentError } from '../domain/errors.ts';
import type { Tool } from './define/define-tool.ts';
import { tools } from './index.ts';

/** The tools of v3.0; `team` is what came later, for agents that work together; `templates` is for work that comes again. */
const core = new Set([
  'create_goal',
  'break_down_goal',
  'get_goal',
  'list_goals',
  'update_goal',
  'delete_goal',
  'get_task',
  'get_next_tasks',
  'update_task_status',
  'delete_task',
  'generate_execution_plan',
  'batch_update_tasks',
  'batch_get_tasks',
  'get_agent_status',
]);

const templates = new Set(['save_template', 'list_templates', 'apply_template', 'recur_template', 'delete_template']);

const toolsets: Record<string, (tool: Tool) => boolean> = {
  core: ({ name }) => core.has(name),
  team: ({ name }) => !core.has(name) && !templates.has(name),
  templates: ({ name }) => templates.has(name),
};

/** What clients see unless a setting says otherwise. */
export const defaultToolsets = ['core', 'team'];

/** What a face offers whose list of tools takes nothing of a model's context window. */
export const allToolsets = Object.keys(toolsets);

/**
 * The tools of these toolsets, in their order; with `readOnly` those that change nothing.
 * @throws GoalAgentError `configuration` for a toolset that does not exist.
 */
export function chooseTools({ names, readOnly }: { names: readonly string[]; readOnly: boolean }): Tool[] {
  const chosen = names.map((name) => {
    const toolset = toolsets[name];
    if (toolset !== undefined) return toolset;
    throw new GoalAgentError(
      'configuration',
      `GOAL_AGENT_TOOLSETS names "${name}"; the toolsets are ${allToolsets.join(', ')}.`,
    );
  });
  return tools.filter((tool) => chosen.some((has) => has(tool)) && (!readOnly || tool.hints.readOnlyHint));
}
