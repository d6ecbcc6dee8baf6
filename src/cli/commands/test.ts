import { randomBytes } from 'node:crypto';
import { type Command, InvalidArgumentError } from 'commander';
import type { Step } from '../../machine/self-test.ts';
import { deleteWorkspace } from '../../service/workspaces.ts';
import type { Actions } from '../actions.ts';
import { example } from '../arguments.ts';
import { look, print } from '../render/output.ts';
import { withServerName } from '../server-argument.ts';

interface TestOptions {
  verbose?: boolean;
  timeout: number;
}

/** Adds `test`: whether the server does its work on this machine, with these settings. */
export function addTestCommand(program: Command, actions: Actions): void {
  const command = withServerName(program.command('test'))
    .option('-v, --verbose', 'also the time of each step, and the log of the server')
    .option('-t, --timeout <seconds>', 'at most so long', secondsOf, 60)
    .description('start the server as a client does, and take a goal from start to end in a workspace of its own');
  example(command, `${program.name()} test -v --timeout 90`).action(
    (_server: string | undefined, options: TestOptions) => runTest(actions, options),
  );
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (seconds >= 1 && seconds <= 3_600) return seconds;
  throw new InvalidArgumentError('Write seconds, from 1 to 3600.');
}

async function runTest(actions: Actions, { verbose = false, timeout }: TestOptions): Promise<void> {
  const { selfTest } = await import('../../machine/self-test.ts');
  const { colours, signs } = look();
  const workspace = `test-${randomBytes(6).toString('hex')}`;
  const remove = () => actions.withWorkspaces((workspaces) => deleteWorkspace(workspaces, workspace, async () => {}));
  const onStep = ({ what, ms, problem }: Step) => {
    const time = verbose ? colours.muted(`  ${ms} ms`) : '';
    print(`${problem === undefined ? colours.good(signs.done) : colours.bad(signs.failed)} ${what}${time}`);
    if (problem !== undefined) print(`  ${problem}`);
  };
  const onLog = (line: string) => {
    if (verbose) print(colours.muted(`  ${line}`));
  };
  const isGood = await selfTest(actions.machine(), { workspace, timeoutMs: timeout * 1000, onStep, onLog });
  if (isGood) {
    await remove();
    print(`${colours.good(signs.done)} its workspace is removed again`);
    return;
  }
  process.exitCode = 1;
  // without a database there is none to remove
  await remove().catch(() => {});
}
