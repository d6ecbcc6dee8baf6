import type { Tool } from '@modelcontextprotocol/client';
import type { ToolCall } from '../case.ts';

/** What a model is given: what the server says of itself, the tools as it lists them, and the task. */
export interface Question {
  instructions: string;
  tools: readonly Tool[];
  says: string;
}

/** What a model does first: a call, or words alone. */
export interface Move {
  call?: ToolCall;
  words: string;
}

/** Where a model is asked, and as what. */
export interface Access {
  model: string;
  url: string;
  key: string | undefined;
}

export type Ask = (access: Access, question: Question) => Promise<Move>;

/** What stands before the task, as clients put it there. A task may say "Friday". */
export function systemPrompt({ instructions }: Question): string {
  return `You are an agent with the tools of an MCP server.\n\n${instructions}\n\nToday is ${new Date().toISOString().slice(0, 10)}.`;
}
