import type { Command } from 'commander';
import type { Finding } from '../../machine/doctor/finding.ts';
import type { Actions } from '../actions.ts';
import { example, withJson } from '../arguments.ts';
import { confirm } from '../confirm.ts';
import { look, print, printJson } from '../render/output.ts';
import { count, wrapped } from '../render/text.ts';

/** Cells of the column that names the area, and of a terminal below which it has a line of its own. */
const areaCells = 11;
const narrowest = 50;

interface DoctorOptions {
  json?: boolean;
  fix?: boolean;
  yes?: boolean;
}

/** Adds `goal-agent doctor`. It ends with 1 where it found an error that it did not mend. */
export function addDoctorCommand(program: Command, actions: Actions): void {
  const command = program
    .command('doctor')
    .option('--fix', 'mend counts that are wrong, in one transaction a workspace; asks first')
    .option('--yes', 'with --fix: do not ask')
    .description('look at settings, files, database, contents, cache and service; says what is wrong and what to do');
  example(withJson(command), 'goal-agent doctor').action((options: DoctorOptions) => runDoctor(actions, options));
}

async function runDoctor(actions: Actions, { json = false, fix = false, yes = false }: DoctorOptions): Promise<void> {
  const findings = await actions.examine();
  if (!json) for (const finding of findings) render(finding);
  const mended = fix ? await mend(actions, findings, { json, yes }) : [];
  const left = findings.filter((finding) => finding.level === 'error' && !mended.includes(finding));
  if (left.length > 0) process.exitCode = 1;
  if (json) printJson({ findings, errors: left.length, mended: mended.map(({ counts }) => counts?.workspace) });
  else print(summary(findings, left.length));
}

function render({ level, area, what, advice }: Finding): void {
  const { colours, signs, width } = look();
  const sign = { ok: colours.good(signs.done), warning: colours.warning('!'), error: colours.bad(signs.failed) }[level];
  const isNarrow = width < narrowest;
  const indent = ' '.repeat(isNarrow ? 2 : areaCells + 2);
  const [first = '', ...rest] = wrapped(what, { width }, indent);
  print(isNarrow ? `${sign} ${area}\n${first}` : `${sign} ${area.padEnd(areaCells)}${first.trimStart()}`);
  for (const line of rest) print(line);
  for (const line of advice === undefined ? [] : wrapped(advice, { width }, indent)) print(colours.accent(line));
}

async function mend(actions: Actions, findings: Finding[], { json, yes }: { json: boolean; yes: boolean }) {
  const mended: Finding[] = [];
  for (const finding of findings) {
    const { counts } = finding;
    if (counts === undefined) continue;
    const question = `Set ${count(counts.wrong.length, 'count')} of the workspace ${counts.workspace} to what is counted?`;
    if (!yes && (json || !(await confirm(question)))) continue;
    const { goals, tasks } = await actions.mendCounts(counts.workspace);
    if (!json)
      print(`Mended ${count(goals, 'goal')} and ${count(tasks, 'task')} of the workspace ${counts.workspace}.`);
    mended.push(finding);
  }
  return mended;
}

function summary(findings: Finding[], errors: number): string {
  const warnings = findings.filter(({ level }) => level === 'warning').length;
  if (errors + warnings === 0) return 'Nothing is wrong.';
  return `${count(errors, 'error')}, ${count(warnings, 'warning')}.`;
}
