/** The command that does what a tool does, for messages that name the tool as an agent calls it. */
const commandOf: Record<string, string> = {
  create_goal: 'goal add',
  break_down_goal: 'break',
  get_goal: 'goal show',
  list_goals: 'goal list',
  update_goal: 'goal update',
  delete_goal: 'goal delete',
  get_task: 'task show',
  list_tasks: 'task list',
  update_task: 'task update',
  delete_task: 'task delete',
  get_next_tasks: 'task next',
  claim_tasks: 'task claim',
  release_tasks: 'task release',
  generate_execution_plan: 'plan',
  get_briefing: 'brief',
  get_history: 'log',
  add_note: 'note',
};

/**
 * A message of a tool, as a person reads it who types commands: without the tool's name in front, and with commands in
 * place of the tools that it advises.
 */
export function asCommand(message: string): string {
  return message
    .replace(/^[a-z]+(?:_[a-z]+)+: /, '')
    .replaceAll(/\b[a-z]+(?:_[a-z]+)+\b/g, (name) =>
      Object.hasOwn(commandOf, name) ? `goal-agent ${commandOf[name]}` : name,
    );
}
