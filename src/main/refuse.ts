import { GoalAgentError } from '../domain/errors.ts';
import type { Tool } from '../tools/define/define-tool.ts';
import { chooseTools, defaultToolsets } from '../tools/toolsets.ts';
import type { Refused } from './config.ts';
import type { Log } from './log.ts';
import { configFacts, type Wired } from './opening/wire.ts';

/** The host that the faces get when settings are wrong: it has the tools, and every call says what is wrong. */
export function refuse(refused: Refused, log: Log): Wired {
  const text = `Settings of Goal Agent are wrong; nothing was opened:\n${refused.problems.join('\n')}\nA person has to correct them and start the server again.`;
  const none = { enabled: false, state: 'off', hits: 0, misses: 0, errors: 0 } as const;
  return {
    async openCall() {
      throw new GoalAgentError('configuration', text);
    },
    tools: toolsOf(refused),
    routedTools: [], // no service starts with wrong settings
    facts: () => ({ ...configFacts(refused), database: 'undecided', cache: none }),
    cacheIsKnown: async () => {},
    endWaits: () => {},
    report: (error, where) => log.error({ err: error }, `a defect in ${where}`),
    warmUp: () => log.error(text),
    close: async () => {},
  };
}

/** The names of the toolsets themselves may be wrong. */
function toolsOf({ toolsets, readOnly }: Refused): Tool[] {
  try {
    return chooseTools({ names: toolsets, readOnly });
  } catch (error) {
    if (!(error instanceof GoalAgentError)) throw error;
    return chooseTools({ names: defaultToolsets, readOnly });
  }
}
