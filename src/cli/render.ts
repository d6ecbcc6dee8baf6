import type { InitReport } from './actions.ts';
import { look, print, printAsIs } from './render/output.ts';
import { count } from './render/text.ts';

export { print, renderError } from './render/output.ts';
export { count } from './render/text.ts';

export function renderInit(report: InitReport): void {
  const { colours, signs } = look();
  const { mode, where, database, createdDatabase, migrations, tables, indexes, workspace } = report;
  const rows: [string, string][] = [
    ['PostgreSQL', `${report.postgresVersion}, ${mode === 'embedded' ? 'embedded' : 'server'}`],
    [mode === 'embedded' ? 'Data' : 'Server', where],
    ['Database', `${database}${createdDatabase ? colours.good(' (created)') : ''}`],
    ['Chosen by', report.chosenBy],
    [
      'Schema',
      `${tables} tables, ${indexes} indexes; ${migrations.length === 0 ? 'up to date' : colours.good(`ran ${migrations.join(', ')}`)}`,
    ],
    ['Workspace', `${workspace}: ${count(report.goals, 'goal')}, ${count(report.tasks, 'task')}`],
  ];
  for (const [name, value] of rows) print(`${colours.strong(name.padEnd(12))}${value}`);
  print();
  print(`${colours.good(signs.done)} Goal Agent is ready.`);
  renderClientEnv(report.clientEnv);
}

/** Clients start the server in another directory, and many of them without the shell's variables. */
function renderClientEnv(env: Record<string, string>): void {
  if (Object.keys(env).length === 0) return;
  const secrets = Object.values(env).includes('…') ? ', with the secrets in place of …' : '';
  print();
  print(`A client's server has the same settings with this in the client's configuration${secrets}:`);
  printAsIs(`"env": ${JSON.stringify(env)}`);
}
