import type { PoolCall } from '../../src/service/call.ts';
import { runTool } from '../../src/tools/define/run-tool.ts';
import { tools } from '../../src/tools/index.ts';
import { agentFacts } from './agent-facts.ts';
import { type Ask, examplesFor, seed } from './examples.ts';

/** The call of an example, and its answer without what differs from run to run. */
export interface AnsweredExample {
  tool: string;
  way: string | undefined;
  answer: unknown;
}

/** Calls every example of every tool that writes, each on a store seeded anew: no example meets what another has changed. */
export async function answersOfEachWritingTool(call: PoolCall): Promise<AnsweredExample[]> {
  const host = { open: async () => call, facts: () => agentFacts, cacheIsKnown: async () => {} };
  const ask: Ask = async (name, args) => {
    const tool = tools.find((each) => each.name === name);
    if (tool === undefined) throw new Error(`no tool ${name}`);
    const answer = await runTool(tool, host, args);
    return { answer, text: JSON.stringify(answer) };
  };
  const answers: AnsweredExample[] = [];
  const { length } = examplesFor(await seed(ask));
  for (let n = 0; n < length; n += 1) {
    const example = examplesFor(await seed(ask))[n];
    if (example === undefined) throw new Error(`no example ${n}`);
    const { tool, way, args } = example;
    const { text } = await ask(tool, args);
    answers.push({ tool, way, answer: JSON.parse(text.replaceAll(times, 'a time').replaceAll(numbers, '0')) });
  }
  return answers;
}

const times = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;
/** All workspaces of a database number their histories together. */
const numbers = /(?<=event_id":|event_id |undone_operation":|undid )\d+/g;
