import type { Pattern } from './pattern.ts';

/** A call of a tool, as a model makes it. */
export interface ToolCall {
  tool: string;
  input: Record<string, unknown>;
}

/** What a tool answered, as the server structures it. */
export type ToolAnswer = Record<string, unknown>;

/** A task in plain words, with what a good agent does about it. */
export interface EvalCase {
  /** What a person, or the prompt of an orchestrator, says. */
  says: string;
  /** The store that the agent finds. */
  world: 'empty' | 'busy';
  /** What has happened besides. */
  before?: readonly WorldCall[];
  /** Any of these is a right first call. `input` names only the arguments that matter. */
  accepts: readonly { tool: string; input?: Pattern }[];
  /** The calls of a good agent, in their order; a later one may need what was answered before. */
  calls: readonly [ToolCall, ...(ToolCall | ((answers: readonly ToolAnswer[]) => ToolCall))[]];
  /** What is so afterwards: what `see` answers, or the last of `calls` where nothing is to be seen. */
  outcome: { see?: ToolCall; shows: Pattern };
}

/** A call that makes a world; the agent itself made it, unless it names another. */
export interface WorldCall extends ToolCall {
  as?: 'builder';
}

export const call = (tool: string, input: Record<string, unknown> = {}): ToolCall => ({ tool, input });
