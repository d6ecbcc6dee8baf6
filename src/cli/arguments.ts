import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { z } from 'zod';
import { GoalAgentError } from '../domain/errors.ts';
import { GoalId, TaskId } from '../domain/ids.ts';
import type { Json } from '../domain/json.ts';
import { Priority } from '../domain/priority.ts';
import { parseSince, sinceForms } from '../domain/since.ts';
import { parseSpan } from '../domain/span.ts';
import { wordMeant } from '../domain/words.ts';

// What people type, as the tools take it. A value that means nothing is wrong use, and no database is opened for it.

/** `3`, `goal-3` and `GOAL-0003` are one goal. */
export function goalId(text: string): string {
  return idOf(GoalId, 'GOAL', text);
}

/** A goal's parent; `none` takes the goal out, as "" does for the tools. */
export function parentId(text: string): string {
  return text.trim().toLowerCase() === 'none' ? '' : goalId(text);
}

export function taskId(text: string): string {
  return idOf(TaskId, 'TASK', text);
}

/** For arguments that may be repeated. */
export function taskIds(text: string, before: string[] = []): string[] {
  return [...before, taskId(text)];
}

/** A goal or a task, by its whole ID. */
export function goalOrTask(text: string): { goal_id: string } | { task_id: string } {
  const goal = GoalId.safeParse(text);
  if (goal.success) return { goal_id: goal.data };
  const task = TaskId.safeParse(text);
  if (task.success) return { task_id: task.data };
  throw new InvalidArgumentError('Write GOAL-0001 or TASK-0001.');
}

function idOf(schema: typeof GoalId, prefix: string, text: string): string {
  const id = schema.safeParse(/^\d{1,15}$/.test(text) ? `${prefix}-${text}` : text);
  if (id.success) return id.data;
  throw new InvalidArgumentError(`Write ${prefix}-0001, or its number alone.`);
}

export function several(text: string, before: string[] = []): string[] {
  return [...before, text];
}

export function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError('Write a whole number from 1 on.');
}

/** A port as it was written. */
export function portNumber(text: string): string {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return text;
  throw new InvalidArgumentError('Write a whole number from 0 to 65535.');
}

/** The seconds of `30m` or `2h`. */
export function seconds(text: string): number {
  const length = parseSpan(text, { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 });
  if (length !== undefined && length > 0) return length;
  throw new InvalidArgumentError('Write a time such as 90s, 30m or 2h.');
}

/** A time that `parseSince` reads; it is kept as it was written, as tools take it. */
export function since(text: string): string {
  if (parseSince(text) !== undefined) return text;
  throw new InvalidArgumentError(`This is no time; write ${sinceForms}.`);
}

export function json(text: string): Json {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(`This is no JSON: ${(error as Error).message}.`);
  }
}

/** An option that takes a word of a closed list, or another word that people say for it. */
export function wordOption(flags: string, description: string, schema: z.ZodEnum): Option {
  const option = new Option(flags, description).argParser((text: string) => {
    const meant = wordMeant(schema, text);
    if (meant !== undefined) return String(meant);
    throw new InvalidArgumentError(`Write one of ${schema.options.join(', ')}.`);
  });
  // for the help and for completion; `choices` would refuse the other words
  option.argChoices = schema.options.map(String);
  return option;
}

export function priorityOption(): Option {
  return wordOption('-p, --priority <priority>', 'how important it is', Priority);
}

/** Says that the answer may be had as JSON. */
export function withJson(command: Command): Command {
  return command.option('--json', 'print the answer as JSON');
}

/** The end of a command's help: what one types. A test runs each line on a database. */
export function example(command: Command, ...lines: string[]): Command {
  const text = lines.map((line) => `  $ ${line}`).join('\n');
  return command.addHelpText('after', `\nExample:\n${text}`);
}

/** The text itself, or for `-` all of stdin. */
export async function textOrStdin(text: string): Promise<string> {
  return text === '-' ? (await readStdin()).trimEnd() : text;
}

export async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** The text of a file, or for `-` all of stdin. */
export async function readText(file: string): Promise<string> {
  if (file === '-') return readStdin();
  try {
    const text = await readFile(file, 'utf8');
    return text.replace(/^\ufeff/, '');
  } catch (error) {
    throw new GoalAgentError('invalid', `${file} cannot be read: ${reasonOf(error)}.`);
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const known: Record<string, string> = {
    ENOENT: 'there is no such file',
    EISDIR: 'it is a folder',
    EACCES: 'this user may not read it',
  };
  return known[code ?? ''] ?? message;
}
