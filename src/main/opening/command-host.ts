import { userInfo } from 'node:os';
import { v7 as uuidv7 } from 'uuid';
import type { CommandHost, RunTool } from '../../cli/actions.ts';
import { note } from '../../cli/render/output.ts';
import { GoalAgentError } from '../../domain/errors.ts';
import type { PoolCall } from '../../service/call.ts';
import { answerOnce } from '../../service/requests.ts';
import { type AgentFacts, splitArguments, type Tool } from '../../tools/define/define-tool.ts';
import { parseInput } from '../../tools/define/input.ts';
import { runTool } from '../../tools/define/run-tool.ts';
import type { Config } from '../config.ts';
import { withCallOn } from './call-on-source.ts';
import { withOperatorText } from './command-call.ts';
import { sourceOf } from './database-source.ts';
import { configFacts } from './wire.ts';

/** Opens the workspace for a person at this machine, for the time of `work`. */
export async function withTools<T>(config: Config, work: (host: CommandHost) => Promise<T>): Promise<T> {
  const source = sourceOf(config, note);
  const options = { config, actor: personName(config), timeoutMs: config.timeoutMs };
  const working = withOperatorText(config, source, () =>
    withCallOn(source, options, (call, cache) => {
      const facts = (): AgentFacts => ({ ...configFacts(config), database: source.kind, cache: cache.facts() });
      const cacheIsKnown = () => cache.untilKnown();
      const run = async <A>(tool: Tool, args: Record<string, unknown>, as: Partial<PoolCall>) => {
        const open = async () => ({ ...call, ...as });
        if (config.readOnly && !tool.hints.readOnlyHint) throw readOnly();
        // the tool's own schema says what it answers, and its answer is checked by nobody twice
        return (await runTool(tool, { facts, cacheIsKnown, open, answersWhole: true }, args)) as A;
      };
      return work({
        call,
        database: source.kind,
        // nobody asks for it a second time, so its ID is new and its arguments stand for nothing
        together: async <A extends Record<string, unknown>>(commands: (run: RunTool) => Promise<A>) =>
          (await answerOnce(call, { id: uuidv7(), tool: 'together', args: {} }, (within) =>
            commands(async <B>(tool: Tool, args: Record<string, unknown>) => {
              if (config.readOnly && !tool.hints.readOnlyHint) throw readOnly();
              const { args: given } = splitArguments(tool, parseInput(tool, args));
              return (await tool.run({ open: async () => within, facts, isWhole: true }, given)) as B;
            }),
          )) as A,
        run: (tool, args, signal) => run(tool, args, { signal }),
        runConfirmed: (tool, args) => run(tool, args, { isConfirmed: true }),
      });
    }),
  );
  return working.catch((error) => {
    // the command's exit code is chosen by what the tool said
    const { cause, message } = error as Error;
    throw cause instanceof GoalAgentError && cause.message === message ? cause : error;
  });
}

/** The name that history shows for what this person does. */
export function personName(config: Config): string {
  return config.actor ?? userName();
}

/** An account without a name is `operator`. */
function userName(): string {
  try {
    return userInfo().username || 'operator';
  } catch {
    return 'operator';
  }
}

function readOnly(): GoalAgentError {
  return new GoalAgentError(
    'forbidden',
    'GOAL_AGENT_READ_ONLY is on, so nothing is changed here. Turn it off to change something.',
  );
}
