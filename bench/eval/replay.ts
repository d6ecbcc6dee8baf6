import type { EvalCase, ToolAnswer, ToolCall } from './case.ts';
import { openWorld, type Service } from './open-world.ts';
import { matches } from './pattern.ts';

/** Whether a call is one that the case accepts as the first. */
export function isRight({ accepts }: EvalCase, { tool, input }: ToolCall): boolean {
  return accepts.some((each) => each.tool === tool && (each.input === undefined || matches(each.input, input)));
}

/**
 * Makes the recorded calls of a case in its world, and looks whether they come to what the case asks for.
 * @returns what is wrong, or undefined.
 */
export async function replay(service: Service, evalCase: EvalCase): Promise<string | undefined> {
  const { calls, outcome } = evalCase;
  if (!isRight(evalCase, calls[0])) return `the recorded call is none of those that are accepted: ${calls[0].tool}`;
  const world = await openWorld(service, evalCase);
  try {
    const answers: ToolAnswer[] = [];
    for (const each of calls) answers.push(await world.run(typeof each === 'function' ? each(answers) : each));
    const shown = outcome.see === undefined ? answers.at(-1) : await world.run(outcome.see);
    return matches(outcome.shows, shown) ? undefined : `not as it has to be: ${JSON.stringify(shown).slice(0, 600)}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await world.close();
  }
}
