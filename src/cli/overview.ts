import type { Actions } from './actions.ts';
import { readBoard } from './board.ts';
import { type BoardColumn, headOf } from './render/board.ts';
import { look, show } from './render/output.ts';
import { table } from './render/table.ts';
import { taskTable } from './render/tasks.ts';
import { wrapped } from './render/text.ts';

/** Tasks of a list that is a first look. */
const shown = 3;

/** What `goal-agent` alone shows at a terminal: where things stand, and three commands that help now. */
export async function showOverview({ version, withTools }: Actions): Promise<void> {
  const { board, database, workspace } = await withTools(async (host) => ({
    board: await readBoard(host, undefined),
    database: host.database === 'embedded' ? 'embedded PostgreSQL' : 'PostgreSQL server',
    workspace: host.call.store.workspace,
  }));
  const here = look();
  const { colours } = here;
  const column = (name: string) => board.columns.find((each) => each.name === name);
  const sections = ['In progress', 'Ready', 'Stuck'].flatMap((name) => column(name) ?? []);
  await show([
    ...wrapped(`Goal Agent ${version}`, here).map(colours.strong),
    ...wrapped(`${database}, workspace ${workspace}`, here).map(colours.muted),
    ...sections.flatMap((section) => {
      if (section.total === 0) return [];
      return ['', `  ${headOf(section, here)}`, ...taskTable(section.tasks.slice(0, shown), here, { withGoals: true })];
    }),
    '',
    ...table(
      commandsFor({ ready: column('Ready'), stuck: column('Stuck'), done: column('Done') }).map(([command, use]) => [
        command,
        { text: use, paint: colours.muted },
      ]),
      [{ keep: true }, { flex: true }],
      here,
    ),
  ]);
}

type Known = Record<'ready' | 'stuck' | 'done', BoardColumn | undefined>;

function commandsFor({ ready, stuck, done }: Known): [command: string, use: string][] {
  const [toDo] = ready?.tasks ?? [];
  const [held] = stuck?.tasks ?? [];
  const commands: [string, string][] = [];
  if (toDo !== undefined) commands.push([`goal-agent task claim ${toDo.id}`, 'begin with the most important']);
  if (held !== undefined) commands.push([`goal-agent task show ${held.id}`, 'see what is stuck']);
  if (commands.length > 0 || (done?.total ?? 0) > 0) commands.push(['goal-agent board', 'all that is under way']);
  else {
    commands.push(['goal-agent goal add "…"', 'start a goal']);
    commands.push(['goal-agent break GOAL-0001 -f plan.md', 'make tasks of a checklist']);
  }
  if (commands.length === 1) commands.push(['goal-agent log', 'who changed what']);
  commands.push(['goal-agent --help', 'all commands']);
  return commands.slice(0, 3);
}
