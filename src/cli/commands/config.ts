import type { Command } from 'commander';
import type { Actions, ShownSettings } from '../actions.ts';
import { example, withJson } from '../arguments.ts';
import { look, printJson, show } from '../render/output.ts';
import { withServerName } from '../server-argument.ts';

/** Adds `config`: the settings, and where each comes from. */
export function addConfigCommand(program: Command, actions: Actions): void {
  const command = withServerName(program.command('config')).description(
    'each setting, its value (secrets hidden) and where it comes from',
  );
  example(withJson(command), `${program.name()} config`).action(
    async (_server: string | undefined, { json }: { json?: boolean }) => {
      const shown = await actions.showSettings();
      if (shown.problems.length > 0) process.exitCode = 1;
      if (json) return printJson(shown);
      await show(configLines(shown));
    },
  );
}

function configLines({ settings, problems, notices }: ShownSettings): string[] {
  const { colours } = look();
  const nameCells = Math.max(...settings.map(({ name }) => name.length));
  const valueCells = Math.min(40, Math.max(...settings.map(({ value }) => (value ?? '').length)));
  const lines = settings.map(({ name, value, from, is_used }) => {
    const start = `  ${name.padEnd(nameCells)}  `;
    if (value === null) return colours.muted(`${start}${'unset'.padEnd(valueCells)}`.trimEnd());
    const place = from === 'default' || is_used ? from : `${from}, not used`;
    const line = `${start}${value.padEnd(valueCells)}  ${place}`;
    return from === 'default' || !is_used ? colours.muted(line) : line;
  });
  return [
    ...lines,
    ...problems.map((line) => `${colours.bad('wrong:')} ${line}`),
    ...notices.map((line) => colours.muted(line)),
  ];
}
