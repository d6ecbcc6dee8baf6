import { spawnSync } from 'node:child_process';
import { measure, median, quantile, table } from './measure.ts';
import { programPath, type Setting } from './setting.ts';

const commands = ['goal list', 'task next', 'search oauth', 'log', 'plan GOAL-0001', '--help', '--version'];

/** What a person waits for at a terminal: a whole process, from its start to its end, on a database that runs. */
export async function benchCommands(setting: Setting, print: (line: string) => void): Promise<void> {
  const run = (...args: string[]) => {
    const { status, stderr } = spawnSync(process.execPath, args, {
      cwd: setting.home,
      env: environment,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
  };
  const environment = {
    PATH: process.env.PATH,
    HOME: setting.home,
    GOAL_AGENT_HOME: setting.home,
    GOAL_AGENT_WORKSPACE: 'commands',
  };
  run(programPath, 'goal', 'add', 'Sign in with OAuth');
  const subtasks = Array.from({ length: 30 }, (_, place) => ({
    description: `Step ${place + 1} of OAuth`,
    dependencies: place === 0 ? [] : [`#${place}`],
  }));
  run(programPath, 'call', 'break_down_goal', JSON.stringify({ goal_id: 'GOAL-0001', subtasks }));
  const rows: (string | number)[][] = [['a command, database warm', 'min', 'p50', 'p90']];
  const row = async (title: string, args: string[]) => {
    const times = await measure(15, async () => run(...args));
    rows.push([title, times[0] ?? 0, median(times), quantile(times, 0.9)]);
  };
  await row('Node alone: node -e 0 (ms)', ['-e', '0']);
  for (const command of commands) await row(`goal-agent ${command} (ms)`, [programPath, ...command.split(' ')]);
  table(rows, print);
}
