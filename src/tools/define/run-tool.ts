import { v7 as uuidv7 } from 'uuid';
import { GoalAgentError } from '../../domain/errors.ts';
import type { Principal } from '../../domain/principal.ts';
import { visible } from '../../domain/stored-text.ts';
import type { PoolCall } from '../../service/call.ts';
import { requireRole } from '../../service/caller.ts';
import { answerOnce } from '../../service/requests.ts';
import type { Expected } from '../../service/revision.ts';
import { sayingWhatIsSaved } from '../../service/saying-what-is-saved.ts';
import { factsFor } from './caller-facts.ts';
import { type AgentFacts, splitArguments, type Tool, type ToolContext } from './define-tool.ts';
import { parseInput } from './input.ts';
import { runWaiting } from './run-waiting.ts';

/** Who calls, as far as a face knows. */
export interface CallFrom {
  clientName?: string | undefined;
  /** Who showed a token; undefined for whoever has the database itself. */
  principal?: Principal | undefined;
  /** Whether a person signed in without a token of its own. */
  isPerson?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/** What every face needs from the rest of the program. */
export interface ToolHost {
  /**
   * Waits until the store can be used. With a principal it is that of its workspace, and history names the principal as the
   * actor; otherwise it names the agent, or the client where no agent is named.
   * @throws GoalAgentError `unavailable` or `configuration`.
   */
  openCall(from: CallFrom): Promise<PoolCall>;
  facts(): AgentFacts;
  /** Waits, a moment after the start, until the facts can say whether the cache is in use. */
  cacheIsKnown(): Promise<void>;
  /** What callers are offered: the same for every connection. */
  tools: readonly Tool[];
  /** Ends when the process stops: calls that wait are answered then. */
  stopping?: AbortSignal | undefined;
  /** Told of errors that are defects, for the log. */
  report(error: unknown, where: string): void;
  /** Told of each call once it is over. */
  observe?(observation: Observation): void;
}

/** One call of a tool, for a monitor. */
export interface Observation {
  tool: string;
  /** `ok`, or the code of the error. */
  outcome: string;
  /** Without the time that the call only waited. */
  seconds: number;
  /** The caller's place in its own trace (W3C `traceparent`), where the caller gave one. */
  trace?: string | undefined;
}

/** How a face runs a tool: with the call that the face opens for its caller. */
export interface RunHost extends Pick<ToolHost, 'facts' | 'cacheIsKnown' | 'observe' | 'stopping'> {
  open(): Promise<PoolCall>;
  trace?: string | undefined;
  /** What was changed is answered whole unless the caller says otherwise: programs read it, and no model. */
  answersWhole?: boolean;
  /** A change is refused with `changed` where this row is no longer as its caller saw it. */
  expected?: Expected | undefined;
}

/**
 * Checks the arguments of a tool and runs it, once for each `request_id`. Every face answers with what this gives back.
 * @throws GoalAgentError `invalid` for arguments that the tool does not take, `forbidden` for a caller that only reads, and
 *   whatever the tool throws.
 */
export async function runTool(tool: Tool, host: RunHost, args: unknown): Promise<Record<string, unknown>> {
  const began = performance.now();
  let waitedMs = 0;
  const told = (outcome: string) => {
    const seconds = (performance.now() - began - waitedMs) / 1000;
    host.observe?.({ tool: tool.name, outcome, seconds, trace: host.trace });
  };
  const waited = (ms: number) => {
    waitedMs = ms;
  };
  try {
    const answer = await run(tool, host, { args, waited });
    told('ok');
    return answer;
  } catch (error) {
    told(error instanceof GoalAgentError ? error.code : 'internal');
    throw error;
  }
}

interface Given {
  args: unknown;
  /** Told how long the call only waited. */
  waited(ms: number): void;
}

async function run(tool: Tool, host: RunHost, { args, waited }: Given): Promise<Record<string, unknown>> {
  const { requestId, full, args: given } = splitArguments(tool, parseInput(tool, args));
  const isWhole = full ?? host.answersWhole ?? false;
  let caller: PoolCall | undefined;
  const open = async () => {
    caller = await openFor(tool, host);
    return caller;
  };
  const facts = () => factsFor(caller, host.facts());
  const runWith = (opened: ToolContext['open']) => tool.run({ open: opened, facts, isWhole }, given);
  const { expected, stopping } = host;
  const wait = tool.waiting?.wait(given);
  if (tool.waiting !== undefined && wait !== undefined && expected === undefined) {
    const request = requestId === undefined ? undefined : { id: requestId, tool: tool.name, args: given };
    const { waiting } = tool;
    const opened = await open();
    const waitWith = (call: PoolCall) => runWaiting({ waiting, wait, input: given, call, request, stopping, waited });
    return request === undefined ? sayingWhatIsSaved((saved) => waitWith({ ...opened, saved })) : waitWith(opened);
  }
  if (requestId === undefined && expected === undefined) {
    return sayingWhatIsSaved((saved) => runWith(async () => ({ ...(await open()), saved })));
  }
  // what is held to a revision is one transaction, as a request is
  // how much is answered is no part of what is asked for: a repeat over another face is a repeat
  const request = { id: requestId ?? uuidv7(), tool: tool.name, args: given, expected };
  return answerOnce(await open(), request, (call) => runWith(async () => call));
}

/** The cache is looked at before the tool begins, since its answer may be written in the transaction of its work. */
async function openFor({ name, output, hints }: Tool, host: RunHost): Promise<PoolCall> {
  const call = await host.open();
  if (!hints.readOnlyHint) requireRole(call, 'writer', `use ${name}`);
  if ('_persistence' in output.shape || 'cache' in output.shape) await host.cacheIsKnown();
  return call;
}

/** Whether an error belongs into the log. A call that its client took back ends with the reason that the client gave. */
export function isDefect(error: unknown, signal: AbortSignal | undefined): boolean {
  return !(error instanceof GoalAgentError) && !(signal?.aborted && error === signal.reason);
}

/** What a caller is told of an error. Anything but GoalAgentError is a defect, and its text may hold what it should not. */
export function errorMessage(error: unknown): string {
  // a message may name what somebody stored
  if (error instanceof GoalAgentError) return visible(error.message);
  if (error instanceof Error && error.name === 'AbortError') return 'The call was cancelled.';
  return 'Something went wrong inside Goal Agent, and nothing is known to have been changed. The log of Goal Agent says more.';
}

/** `break_down_goal` as a person reads it: `Break down goal`. */
export function titleOf(name: string): string {
  const words = name.replaceAll('_', ' ');
  return `${words[0]?.toUpperCase()}${words.slice(1)}`;
}

/** A `traceparent` of W3C's trace context, or undefined for anything else: it goes into the log as it is. */
export function traceParent(value: unknown): string | undefined {
  return typeof value === 'string' && /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(value)
    ? value
    : undefined;
}
