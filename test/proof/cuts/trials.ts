import type { Example } from '../../support/examples.ts';
import { brokenInvariants } from '../../support/invariants.ts';
import type { Meeting } from '../../support/message-way.ts';
import type { Bench, Fate } from './fates.ts';
import { judgeWithId, judgeWithoutId, type Undisturbed } from './judge.ts';
import { storedIn } from './stored.ts';

/** A call, with or without a request_id, and what it comes to. */
export interface TriedCall {
  example: Example;
  withId: boolean;
  undisturbed: Undisturbed;
}

/** A call that something happens to, at the n-th of its messages, from 1. */
export interface Trial {
  call: TriedCall;
  fate: Fate;
  n: number;
}

export interface Tried {
  /** Undefined where the call had fewer messages. */
  met: Meeting | undefined;
  problems: string[];
  repeats: number;
}

const requestId = 'asked once';

export function nameOf({ example: { tool, way }, withId }: Omit<TriedCall, 'undisturbed'>): string {
  return `${tool}${way === undefined ? '' : ` (${way})`}${withId ? ' with a request_id' : ''}`;
}

/** Makes the call with nothing in its way. */
export async function undisturbed(bench: Bench, call: Omit<TriedCall, 'undisturbed'>): Promise<TriedCall> {
  const { stand, program } = bench;
  await program.stop();
  await begin(bench);
  const before = await storedIn(stand.sql);
  stand.way.at(0, () => {});
  const { error, text } = await program.ask(call.example.tool, argumentsOf(call));
  const { counted } = stand.way.pass();
  if (error !== undefined) throw new Error(`${nameOf(call)}: ${error}`);
  const { stored, hidden } = await storedIn(stand.sql);
  const broken = await brokenInvariants(stand.sql);
  if (Object.keys(broken).length > 0) throw new Error(`${nameOf(call)}: ${JSON.stringify(broken)}`);
  return {
    ...call,
    undisturbed: { before: before.stored, done: stored, answer: hidden(text), messages: counted },
  };
}

export async function tryOnce(bench: Bench, { call, fate, n }: Trial): Promise<Tried> {
  const { stand, program } = bench;
  await begin(bench);
  stand.way.at(n, (meeting) => fate.meet(meeting, bench));
  const args = argumentsOf(call);
  const began = performance.now();
  const first = await program.ask(call.example.tool, args).catch(() => undefined);
  const tookMs = performance.now() - began;
  const { met } = stand.way.pass();
  if (met === undefined) return { met, problems: [], repeats: 0 };
  await fate.after?.(bench);
  const asked = { stand, ask: program.ask, example: call.example, args, undisturbed: call.undisturbed, first };
  const { problems, repeats } = await (call.withId ? judgeWithId(asked) : judgeWithoutId(asked));
  if (fate.isHarmless && first?.error !== undefined) problems.push(`it was told: ${first.error}`);
  if (tookMs > (fate.mostMs ?? Number.POSITIVE_INFINITY)) problems.push(`it took ${Math.round(tookMs)} ms`);
  return { met, problems, repeats };
}

async function begin({ stand, program, isKept }: Bench): Promise<void> {
  if (!isKept) {
    await program.stop();
    await stand.clear();
  }
  await stand.putBack();
  await program.start();
}

function argumentsOf({ example: { args }, withId }: Omit<TriedCall, 'undisturbed'>): Record<string, unknown> {
  return withId ? { ...args, request_id: requestId } : args;
}
