import pc from 'picocolors';
import type { InitReport } from './actions.ts';

// The one place that prints the answer of a command. `goal-agent mcp` never comes here: its stdout is the protocol's.

export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

export function renderError(message: string): void {
  process.stderr.write(`${pc.red('error:')} ${message}\n`);
}

export function renderInit(report: InitReport): void {
  const { mode, where, database, createdDatabase, migrations, tables, indexes, workspace } = report;
  const rows: [string, string][] = [
    ['PostgreSQL', `${report.postgresVersion}, ${mode === 'embedded' ? 'embedded' : 'server'}`],
    [mode === 'embedded' ? 'Data' : 'Server', where],
    ['Database', `${database}${createdDatabase ? pc.green(' (created)') : ''}`],
    ['Chosen by', report.chosenBy],
    [
      'Schema',
      `${tables} tables, ${indexes} indexes; ${migrations.length === 0 ? 'up to date' : pc.green(`ran ${migrations.join(', ')}`)}`,
    ],
    ['Workspace', `${workspace}: ${count(report.goals, 'goal')}, ${count(report.tasks, 'task')}`],
  ];
  for (const [name, value] of rows) print(`${pc.bold(name.padEnd(12))}${value}`);
  print();
  print(`${pc.green('✔')} Goal Agent is ready.`);
  renderClientEnv(report.clientEnv);
}

/** Clients start the server in another directory, and many of them without the shell's variables. */
function renderClientEnv(env: Record<string, string>): void {
  if (Object.keys(env).length === 0) return;
  const secrets = Object.values(env).includes('…') ? ', with the secrets in place of …' : '';
  print();
  print(`A client's server has the same settings with this in the client's configuration${secrets}:`);
  print(`"env": ${JSON.stringify(env)}`);
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
