import type { Command, Server } from './server.ts';

/** What an agent does in a session, in the order in which it does it first. */
export const steps = ['create', 'break down', 'next', 'start', 'complete'] as const;
export type Step = (typeof steps)[number];

/** Makes one call of a session, and gives back the text of its answer. */
export type Act = (step: Step, tool: string, input: Record<string, unknown>) => Promise<string>;

/**
 * A store of tasks with an MCP server of its own, ours among them: how its docs tell to start it, and with which of its
 * tools the same work is done.
 */
export interface Peer {
  name: string;
  version: string;
  /** Where the tasks are, and what is flushed to the disk before an answer, by strace or by its sources. */
  keeps: string;
  /** Makes an empty project in an empty folder. */
  prepare(folder: string): void;
  command(folder: string): Command;
  /** A goal, broken down into ten tasks, which are taken and completed one after the other. */
  session(act: Act, project: Project): Promise<void>;
  writing: Writing;
}

/** The project that sessions work on, one after the other, and which of them this is. */
export interface Project {
  folder: string;
  run: number;
}

/** What several writers at once do. */
export interface Writing {
  /** Makes what the tasks belong to. */
  begin?(server: Server): Promise<void>;
  /**
   * Creates a task and gives back its ID.
   * @throws Error where the server does not say that it has created it.
   */
  create(server: Server, title: string): Promise<string>;
  /** @throws Error where the server does not say that the task is completed. */
  complete(server: Server, id: string): Promise<void>;
  /** What the server shows of all tasks, or of the completed ones. */
  list(server: Server, which: 'all' | 'completed'): Promise<string>;
}

/** The text between two parts of an answer. @throws Error where the answer has no such part. */
export function find(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`no ${pattern} in: ${text.slice(0, 300)}`);
  return found;
}

/** The answer of a call. @throws Error where the tool says that it failed. */
export async function ask(server: Server, tool: string, input: Record<string, unknown>): Promise<string> {
  const { text, isError } = await server.call(tool, input);
  if (isError) throw new Error(`${tool}: ${text.slice(0, 300)}`);
  return text;
}
