import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { LockOperation } from './lease-lock.ts';
import type { Observed } from './linearize.ts';
import { readEdn } from './read-edn.ts';

/** What clients saw, task by task. */
export interface SeenByTask {
  tasks: Map<string, LockOperation[]>;
  /** Claims of any task that were never answered: each may have taken as many tasks as its `limit`, or none. The earliest first. */
  unanswered: { process: number; from: number; lease: number; limit: number }[];
  /** Lines of the history. */
  lines: number;
}

const base = { process: z.int(), time: z.int() };
const taskAndFence = z.tuple([z.string(), z.int()]);
const held = z.tuple([z.string(), z.int(), z.int()]);
const change = z.enum(['complete', 'give-back']);

const Invocation = z.discriminatedUnion('f', [
  z.object({ ...base, f: z.literal('claim'), value: z.string().nullable(), limit: z.int(), lease: z.int() }),
  z.object({ ...base, f: z.literal('extend'), value: taskAndFence, lease: z.int() }),
  z.object({ ...base, f: z.literal('release'), value: taskAndFence }),
  z.object({ ...base, f: z.literal('set'), value: z.array(z.tuple([change, z.string(), z.int()])) }),
]);
type Invocation = z.infer<typeof Invocation>;

const Completion = z.object({ ...base, type: z.enum(['ok', 'fail', 'info']), value: z.unknown() });
type Completion = z.infer<typeof Completion>;

/** Reads a history, line by line, and gives each task the operations that concern it. */
export async function readHistory(lines: AsyncIterable<string>): Promise<SeenByTask> {
  const seen: SeenByTask = { tasks: new Map(), unanswered: [], lines: 0 };
  const open = new Map<number, Invocation>();
  for await (const line of lines) {
    seen.lines += 1;
    const entry = z.looseObject({ type: z.string(), process: z.int() }).parse(readEdn(line));
    const invocation = open.get(entry.process);
    if (entry.type === 'invoke') {
      if (invocation !== undefined) throw new Error(`process ${entry.process} does two things at once`);
      open.set(entry.process, Invocation.parse(entry));
    } else if (invocation !== undefined) {
      open.delete(entry.process);
      add(seen, invocation, Completion.parse(entry));
    }
  }
  for (const invocation of open.values()) add(seen, invocation, undefined);
  seen.unanswered.sort((a, b) => a.from - b.from);
  return seen;
}

export function linesOf(file: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(file), crlfDelay: Infinity });
}

/** The operations of one call, each of one task. */
type Parts = [task: string, operation: LockOperation][];

/** How a call ended; undefined where nobody was told. */
type Ending = Completion | undefined;

function add(seen: SeenByTask, invocation: Invocation, completion: Ending): void {
  const ending = completion?.type === 'info' ? undefined : completion;
  const { process, time: from } = invocation;
  const common = { process, from, until: ending?.time ?? Infinity };
  if (invocation.f === 'claim' && invocation.value === null && ending === undefined) {
    seen.unanswered.push({ process, from, lease: invocation.lease, limit: invocation.limit });
    return;
  }
  for (const [task, operation] of partsOf(invocation, ending, common)) {
    const operations = seen.tasks.get(task) ?? [];
    if (operations.length === 0) seen.tasks.set(task, operations);
    operations.push(operation);
  }
}

function partsOf(invocation: Invocation, ending: Ending, common: { process: number } & Observed): Parts {
  const isRefused = ending?.type === 'fail';
  switch (invocation.f) {
    case 'claim':
      return claimsOf(invocation, ending, common);
    case 'extend': {
      const [task, fence] = invocation.value;
      const told = isRefused ? 'refused' : ending && heldOf(held.parse(ending.value));
      return [[task, { ...common, what: 'extend', fence, lease: invocation.lease, told }]];
    }
    case 'release': {
      const [task, fence] = invocation.value;
      return [[task, { ...common, what: 'release', fence, told: isRefused ? 'refused' : ending && 'done' }]];
    }
    case 'set': {
      const told = ending && outcomes.parse(ending.value);
      return invocation.value.map(([what, task, fence], place) => [
        task,
        { ...common, what: what === 'complete' ? what : 'give back', fence, told: told?.[place]?.[3] },
      ]);
    }
  }
}

const outcomes = z.array(z.tuple([change, z.string(), z.int(), z.enum(['done', 'refused'])]));

function claimsOf(
  { value: named, lease }: Extract<Invocation, { f: 'claim' }>,
  ending: Ending,
  common: { process: number } & Observed,
): Parts {
  if (ending === undefined) return named === null ? [] : [[named, { ...common, what: 'unanswered claim', lease }]];
  // a claim that got nothing may have passed over what another claim looked at in that moment
  if (ending.type === 'fail') return [];
  const got = z.array(held).parse(ending.value);
  return got.map((each) => [each[0], { ...common, what: 'claim', told: heldOf(each) }]);
}

function heldOf([, fence, leaseEnds]: z.infer<typeof held>) {
  return { fence, leaseEnds };
}
