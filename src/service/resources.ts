import { v7 as uuidv7 } from 'uuid';
import { GoalAgentError } from '../domain/errors.ts';
import type { NewEvent } from '../domain/event.ts';
import { asJson } from '../domain/json.ts';
import { namesMeet } from '../domain/resource-names.ts';
import { type Run, step } from '../store/database.ts';
import { notifyResources } from '../store/functions/notify-resources.ts';
import { resourcesChannel } from '../store/functions/pieces.ts';
import type { Row } from '../store/statement.ts';
import { recordEvents } from '../store/statements/record-events.ts';
import {
  dropOverResources,
  dropResources,
  holdResources,
  listAllResources,
  listHeldResources,
  lockResources,
  nextResourceMoment,
  raiseResourceFence,
} from '../store/statements/resources.ts';
import { workspaceIsGone } from '../store/workspace-is-gone.ts';
import { type Call, makeOperation, type Recording, read, transact } from './call.ts';
import type { Awaited } from './wait-line.ts';

export type HeldResource = Omit<Row<typeof listHeldResources>, 'total'>;
type AnyResource = Row<typeof listAllResources>;

/** Which names an agent wants; all are normal. */
export interface WantedNames {
  names: string[];
  shared: boolean;
  leaseSeconds: number;
}

/** What is in the way of a name. */
export interface Conflict {
  name: string;
  by: HeldResource;
}

export type Acquired = { held: HeldResource[]; renewed: string[] } | { conflicts: Conflict[] };

/** Names that a workspace holds at once: each that is acquired is compared with all of them. */
const mostHeld = 500;

/** Names, for agents that wait for them. */
export const freeNames: Awaited = {
  channel: resourcesChannel,
  nextMoment: (workspaceId) => step(nextResourceMoment, { workspaceId }),
};

/**
 * Holds all of these names for the call's actor, or none of them. A name that the actor holds already is renewed: it keeps its
 * fence, and its lease is never shorter. Leases that ran out are ended first: to acquire such a name is new, for its last
 * holder too. A renewal alone is no operation.
 *
 * @throws GoalAgentError `conflict` when the workspace holds as many names as it may.
 */
export function acquireNames(call: Call, { names, shared, leaseSeconds }: WantedNames): Promise<Acquired> {
  const { workspaceId } = call.store;
  return transact(call, async (run, record) => {
    const { all } = await run({
      lock: step(lockResources, { workspaceId }),
      all: step(listAllResources, { workspaceId }),
    });
    const running = all.filter(({ is_over }) => !is_over);
    const others = running.filter(({ holder }) => holder !== call.actor);
    const conflicts = conflictsOf(names, shared, others);
    if (conflicts.length > 0) return { conflicts };
    const mine = new Map(running.filter(({ holder }) => holder === call.actor).map((row) => [row.name, row]));
    const renewed = names.filter((name) => mine.get(name)?.shared === shared);
    const isNews = renewed.length < names.length;
    if (isNews && running.length + names.length - renewed.length > mostHeld) throw tooMany();
    if (running.length < all.length) await endLeases(run, workspaceId);
    const hold = { workspaceId, holder: call.actor, names, shared, leaseSeconds };
    const { fence, held } = await run({
      fence: isNews ? step(raiseResourceFence, { workspaceId }) : undefined,
      held: step(holdResources, hold),
    });
    if (isNews) {
      if (fence.length === 0) throw workspaceIsGone();
      const fresh = held.filter(({ name }) => !renewed.includes(name));
      const events = fresh.map((row) => event('acquired', mine.get(row.name), row));
      await tell(run, await record(), events);
    }
    return { held: inOrder(held, names), renewed };
  });
}

/** What keeps the call's actor from these names now. */
export async function findConflicts(call: Call, { names, shared }: WantedNames): Promise<Conflict[]> {
  const { all } = await read(call, { all: step(listAllResources, { workspaceId: call.store.workspaceId }) });
  return conflictsOf(
    names,
    shared,
    all.filter(({ is_over, holder }) => !is_over && holder !== call.actor),
  );
}

/** Gives back names that the call's actor holds, or those that have a fence; gives back which these were. */
export function releaseNames(
  call: Call,
  { names, fence }: { names: string[]; fence: number | undefined },
): Promise<string[]> {
  const { workspaceId } = call.store;
  return transact(call, async (run, record) => {
    const whose = { holder: fence === undefined ? call.actor : null, fence: fence ?? null };
    const { dropped } = await run({
      lock: step(lockResources, { workspaceId }),
      dropped: step(dropResources, { workspaceId, names, ...whose }),
    });
    if (dropped.length === 0) return [];
    await tell(
      run,
      await record(),
      dropped.map((row) => event('released', row, undefined)),
    );
    return names.filter((name) => dropped.some((row) => row.name === name));
  });
}

/** Names whose leases run, those that end first in front. */
export async function listHeld(call: Call, limit: number): Promise<Row<typeof listHeldResources>[]> {
  const { held } = await read(call, { held: step(listHeldResources, { workspaceId: call.store.workspaceId, limit }) });
  return held;
}

/** For each name that somebody else holds, one who does. */
function conflictsOf(names: string[], shared: boolean, others: AnyResource[]): Conflict[] {
  return names.flatMap((name) => {
    const by = others.find((other) => !(shared && other.shared) && namesMeet(name, other.name));
    return by === undefined ? [] : [{ name, by }];
  });
}

/** Nobody did that, and no process has to run for it. */
async function endLeases(run: Run, workspaceId: number): Promise<void> {
  const { over } = await run({ over: step(dropOverResources, { workspaceId }) });
  const recording = await makeOperation(run, { workspaceId, id: uuidv7(), actor: 'goal-agent' });
  await tell(
    run,
    recording,
    over.map((row) => event('lease_ended', row, undefined)),
  );
}

async function tell(run: Run, recording: Recording, events: NewEvent[]): Promise<void> {
  const { workspaceId } = recording;
  await run({
    events: step(recordEvents, { ...recording, events: asJson(events) }),
    told: step(notifyResources.call, { workspaceId }),
  });
}

/** A name is of no goal: what holds for all names has the event of none. */
function event(action: string, before: HeldResource | undefined, after: HeldResource | undefined): NewEvent {
  return { action, goal_id: '', task_id: null, before: image(before), after: image(after) };
}

function image(row: HeldResource | undefined) {
  if (row === undefined) return null;
  const { name, holder, shared, fence, expires_at } = row;
  return { name, claimed_by: holder, shared, fence, lease_expires_at: expires_at };
}

function inOrder(held: HeldResource[], names: string[]): HeldResource[] {
  return held.toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
}

function tooMany(): GoalAgentError {
  return new GoalAgentError(
    'conflict',
    `This workspace holds as many names as it may (${mostHeld}); release some, or acquire fewer names that stand for more, such as src/**.`,
  );
}
