import { type Command, InvalidArgumentError } from 'commander';
import { parseDocument, stringify } from 'yaml';
import { GoalAgentError } from '../../domain/errors.ts';
import { oneLine } from '../../domain/stored-text.ts';
import { getTemplate } from '../../service/templates/templates.ts';
import { applyTemplate } from '../../tools/apply-template.ts';
import { deleteTemplate } from '../../tools/delete-template.ts';
import { listTemplates } from '../../tools/list-templates.ts';
import { recurTemplate } from '../../tools/recur-template.ts';
import { saveTemplate } from '../../tools/save-template.ts';
import type { Actions } from '../actions.ts';
import type { JsonOption } from '../answers.ts';
import { example, goalId, readText, withJson } from '../arguments.ts';
import { hint, look, print, printJson, show } from '../render/output.ts';
import { table } from '../render/table.ts';
import { count, wrapped } from '../render/text.ts';
import { clock } from '../render/time.ts';

type Values = Record<string, string>;

interface Recurrence {
  rule: string;
  time_zone: string;
  next_at: string | null;
}

interface Entry {
  name: string;
  description: string;
  tasks: number;
  parameters: string[];
  recurrence?: Recurrence;
}

interface ApplyOptions extends JsonOption {
  parameter?: Values;
  parent?: string;
}

interface RecurOptions extends JsonOption {
  zone: string;
  starts?: string;
  with?: Values;
  never?: boolean;
}

/** Adds `goal-agent template …`. */
export function addTemplateCommands(program: Command, actions: Actions): void {
  const group = program.command('template').description('breakdowns that come again: keep, apply, let them recur');
  const save = group
    .command('save')
    .argument('<name>', 'what it is called')
    .option('-g, --goal <goal>', 'the goal whose breakdown it is', goalId)
    .option('-f, --file <file>', 'a file of YAML or JSON with description and tasks; - reads it from stdin')
    .option('-p, --parameter <name=text>', 'a text of the goal that becomes {{name}}; may be repeated', value)
    .description('keep the breakdown of a goal, or of a file, as a template');
  example(
    withJson(save),
    'goal-agent template save sign-in --goal GOAL-0001 --parameter protocol=OAuth',
    'goal-agent template save release --file release.yaml',
  ).action((name: string, options: JsonOption & { goal?: string; file?: string; parameter?: Values }) =>
    runSave(actions, name, options),
  );
  const list = group.command('list').description('which templates there are, and which come back by themselves');
  example(withJson(list), 'goal-agent template list').action((options: JsonOption) => runList(actions, options));
  const one = group
    .command('show')
    .argument('<template>', 'its name')
    .description('print a template as `template save --file` reads it');
  example(withJson(one), 'goal-agent template show release').action((name: string, options: JsonOption) =>
    runShow(actions, name, options),
  );
  const apply = group
    .command('apply')
    .argument('<template>', 'its name')
    .option('-p, --parameter <name=text>', 'what {{name}} stands for; may be repeated', value)
    .option('--parent <goal>', 'the goal that it is a part of', goalId)
    .description('start a goal with all of its tasks');
  example(withJson(apply), 'goal-agent template apply release --parameter version=3.1').action(
    (name: string, options: ApplyOptions) => runApply(actions, name, options),
  );
  const recur = group
    .command('recur')
    .argument('<template>', 'its name')
    .argument('[rule]', 'cron: "0 9 * * MON", or an RRULE: "FREQ=MONTHLY;BYDAY=1MO"')
    .option('-z, --zone <zone>', 'the time zone of the rule', Intl.DateTimeFormat().resolvedOptions().timeZone)
    .option('--starts <time>', 'nothing comes before: 3d, 2026-12-01, or a time')
    .option('-p, --with <name=text>', 'what {{name}} stands for; may be repeated', value)
    .option('--never', 'the goal comes back no more')
    .description('let the goal of a template come back by a rule');
  example(
    withJson(recur),
    'goal-agent template recur release "0 9 * * MON" --zone Europe/Berlin --with version=next',
    'goal-agent template recur release --never',
  ).action((name: string, rule: string | undefined, options: RecurOptions) => runRecur(actions, name, rule, options));
  const remove = group
    .command('delete')
    .argument('<template>', 'its name')
    .description('delete a template; goals that it made stay, and goal-agent undo brings it back');
  example(withJson(remove), 'goal-agent template delete sign-in').action((name: string, options: JsonOption) =>
    runDelete(actions, name, options),
  );
}

/** `version=3.1`; may be repeated. */
function value(text: string, before: Values = {}): Values {
  const [, name, given] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || given === undefined) throw new InvalidArgumentError('Write name=text.');
  return { ...before, [name]: given };
}

async function runSave(
  actions: Actions,
  name: string,
  { json, goal, file, parameter }: JsonOption & { goal?: string; file?: string; parameter?: Values },
): Promise<void> {
  const template = file === undefined ? undefined : readTemplate(await readText(file), file);
  const args = { name, goal_id: goal, template, parameters: parameter };
  const answer = await actions.withTools((host) => host.run<Pick<Entry, 'tasks' | 'parameters'>>(saveTemplate, args));
  if (json) return printJson(answer);
  print(`The template ${name} has ${count(answer.tasks, 'task')}${parametersText(answer.parameters)}.`);
}

function readTemplate(text: string, file: string): unknown {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new GoalAgentError('invalid', `${file}: ${error.message.split('\n')[0]}`);
  return document.toJS({ maxAliasCount: 0 });
}

async function runList(actions: Actions, { json }: JsonOption): Promise<void> {
  const answer = await actions.withTools((host) =>
    host.run<{ templates: Entry[]; total: number }>(listTemplates, { limit: 200 }),
  );
  if (json) return printJson(answer);
  const here = look();
  const { templates, total } = answer;
  if (total === 0) return print('There are no templates. goal-agent template save NAME --goal GOAL makes one.');
  const rows = templates.map(({ name, description, tasks, recurrence }) => [
    name,
    oneLine(description, 200),
    count(tasks, 'task'),
    { text: recurrence === undefined ? '' : comesText(recurrence), paint: here.colours.muted },
  ]);
  await show([
    ...table(rows, [{ keep: true }, { flex: true }, { align: 'right' }, {}], here),
    ...(total > templates.length ? hint(`and ${total - templates.length} more`) : []),
  ]);
}

async function runShow(actions: Actions, name: string, { json }: JsonOption): Promise<void> {
  const { body, ...template } = await actions.withTools(({ call }) => getTemplate(call, name));
  if (json) return printJson({ ...template, body });
  await show(stringify(body, { lineWidth: 0 }).trimEnd().split('\n'));
}

async function runApply(actions: Actions, name: string, { json, parameter, parent }: ApplyOptions): Promise<void> {
  const answer = await actions.withTools((host) =>
    host.run<{ goal_id: string; created: number }>(applyTemplate, {
      name,
      parameters: parameter,
      parent_goal_id: parent,
    }),
  );
  if (json) return printJson(answer);
  await show([`${answer.goal_id} has ${count(answer.created, 'task')}.`, ...hint(`goal-agent plan ${answer.goal_id}`)]);
}

async function runRecur(
  actions: Actions,
  name: string,
  rule: string | undefined,
  { json, zone, starts, with: parameters, never = false }: RecurOptions,
): Promise<void> {
  if (never === (rule !== undefined)) {
    throw new GoalAgentError('invalid', 'Give a rule, such as "0 9 * * MON", or --never.');
  }
  const args = { name, rule: rule ?? null, time_zone: zone, starts_at: starts, parameters };
  const answer = await actions.withTools((host) => host.run<{ recurrence: Recurrence | null }>(recurTemplate, args));
  if (json) return printJson(answer);
  const { recurrence } = answer;
  const text = recurrence === null ? `The goal of ${name} comes back no more.` : `${name} ${comesText(recurrence)}.`;
  await show(wrapped(text, look()));
}

async function runDelete(actions: Actions, name: string, { json }: JsonOption): Promise<void> {
  const answer = await actions.withTools((host) => host.run(deleteTemplate, { name }));
  if (json) printJson(answer);
  else print(`The template ${name} is deleted. goal-agent undo brings it back.`);
}

function parametersText(names: string[]): string {
  return names.length === 0 ? '' : ` and the parameters ${names.join(', ')}`;
}

/** `comes back 2026-11-30 09:00 (0 9 * * MON, Europe/Berlin)`. */
function comesText({ rule, time_zone, next_at }: Recurrence): string {
  const when = next_at === null ? 'has come back for the last time' : `comes back ${clock(next_at)}`;
  return `${when} (${rule}, ${time_zone})`;
}
