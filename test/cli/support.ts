import type pg from 'pg';
import type { Tool } from '../../src/tools/define/define-tool.ts';
import { type Ran, run, type StartOptions } from '../legacy/support/program.ts';

/** Runs commands on one database as Ann, whose terminal shows every sign. */
export function commandsOn(connection: pg.ClientConfig) {
  const env = { LANG: 'C.UTF-8', GOAL_AGENT_NAME: 'ann' };
  const goalAgent = (args: string[], options: StartOptions = {}): Promise<Ran> =>
    run(args, connection, { ...options, env: { ...env, ...options.env } });
  return {
    goalAgent,
    /** The lines that a command prints; the command must end well. */
    async lines(...args: string[]): Promise<string[]> {
      const { code, stdout, stderr } = await goalAgent(args);
      if (code !== 0) throw new Error(`goal-agent ${args.join(' ')} ended with ${code}: ${stderr}`);
      return stdout.trimEnd().split('\n');
    },
    /** What a command prints with --json, which the tool's own schema must know to the last key. */
    async json(tool: Tool, ...args: string[]): Promise<Record<string, unknown>> {
      const { stdout } = await goalAgent([...args, '--json']);
      return tool.output.strict().parse(JSON.parse(stdout));
    },
  };
}
