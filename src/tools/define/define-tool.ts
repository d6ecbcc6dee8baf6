import { z } from 'zod';
import { text } from '../../domain/text.ts';
import type { Call } from '../../service/call.ts';
import { unlisted } from './listed-schema.ts';
import type { Waiting } from './run-waiting.ts';

/** What the server knows of itself, as `get_agent_status` tells it. Never a host, a user or a password. */
export interface AgentFacts {
  version: string;
  /** `undecided` where wrong settings kept it from being opened. */
  database: 'embedded' | 'server' | 'undecided';
  /** Which setting decided it, and where that is. */
  databaseFrom: string;
  cacheFrom: string;
  workspaceFrom: string;
  /** Settings that were seen and are not used, and env files that were passed over, a sentence each. */
  notices: string[];
  /** `enabled` is whether it is in use at this moment. */
  cache: { enabled: boolean; state: 'off' | 'ready' | 'unreachable'; hits: number; misses: number; errors: number };
  /** Data of older versions that could not be taken over, in words. */
  problems?: string[];
  config: { workspace: string; timeout_seconds: number; pool_size: number; max_overflow: number; max_workers: number };
}

/** What a tool works with, for one call. */
export interface ToolContext {
  /** Waits until the store can be used, and throws GoalAgentError `unavailable` when it cannot. */
  open(): Promise<Call>;
  facts(): AgentFacts;
  /** What the caller changed is answered whole, and not only with what it cannot know. */
  isWhole: boolean;
}

/** All four are said for every tool: the protocol's defaults are pessimistic. */
export interface ToolHints {
  readOnlyHint: boolean;
  destructiveHint: boolean;
  idempotentHint: boolean;
  openWorldHint: boolean;
}

/** One tool, declared once: what clients list, what is checked and what is run all come from here. */
export interface Tool<
  I extends z.ZodObject = z.ZodObject,
  O extends z.ZodObject = z.ZodObject,
  W extends z.ZodObject = O,
> {
  name: string;
  description: string;
  input: I;
  output: O;
  /** What it answers to `full: true`, where that is more: docs/decisions/bounded-answers.md. */
  whole?: W;
  hints: ToolHints;
  run(context: ToolContext, input: z.output<I>): Promise<z.input<O> | z.input<W>>;
  /** Of a tool whose calls may wait. */
  waiting?: Waiting<z.output<I>, z.input<O>>;
}

/**
 * Every tool that writes takes a `request_id` beside what it declares: docs/decisions/requests.md. It is listed where a
 * repeat without it does more than the first call did. Where a tool has a whole answer, it takes `full`, and its output is
 * that of both.
 */
export function defineTool<I extends z.ZodObject, O extends z.ZodObject, W extends z.ZodObject = O>(
  tool: Tool<I, O, W>,
): Tool {
  const { whole, hints } = tool;
  const request_id = hints.idempotentHint ? unlisted(text(100).optional()) : text(100).optional();
  const input = tool.input.extend({
    ...(whole && { full: unlisted(z.boolean().optional()) }),
    ...(!hints.readOnlyHint && { request_id }),
  });
  const output = whole === undefined ? tool.output : whole.partial().extend(tool.output.shape);
  return { ...tool, input, output } as unknown as Tool;
}

/** What every face does with a call, apart from what the tool itself takes. */
export function splitArguments(
  { whole }: Tool,
  input: Record<string, unknown>,
): { requestId: string | undefined; full: boolean | undefined; args: Record<string, unknown> } {
  const { request_id, ...args } = input;
  const requestId = request_id as string | undefined;
  if (whole === undefined) return { requestId, full: undefined, args };
  const { full, ...own } = args;
  return { requestId, full: full as boolean | undefined, args: own };
}

/** How long a call waits at most where there is nothing for it. */
export const WaitSeconds = z.number().min(0).max(300);

const closed = { openWorldHint: false } as const;

/** Hints of a tool that only reads. */
export const reads: ToolHints = { ...closed, readOnlyHint: true, destructiveHint: false, idempotentHint: true };
/** Hints of a tool that adds something each time it is called. */
export const adds: ToolHints = { ...closed, readOnlyHint: false, destructiveHint: false, idempotentHint: false };
/** Hints of a tool that sets something, so that a second call changes nothing more. */
export const sets: ToolHints = { ...closed, readOnlyHint: false, destructiveHint: false, idempotentHint: true };
/** Hints of a tool that takes something away. */
export const deletes: ToolHints = { ...closed, readOnlyHint: false, destructiveHint: true, idempotentHint: true };
