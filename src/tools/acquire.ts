import { z } from 'zod';
import { leaseSeconds } from '../domain/claims.ts';
import { text } from '../domain/text.ts';
import { actingAs, actorFor } from '../service/acting-as.ts';
import { acquireNames, type Conflict, findConflicts, freeNames, releaseNames } from '../service/resources.ts';
import { describeHeld, HeldName, heldName, Names, namesOf } from './answers/held-names.ts';
import { defineTool, sets, WaitSeconds } from './define/define-tool.ts';
import { takeOnce, type Waiting } from './define/run-waiting.ts';

const input = z.strictObject({
  names: Names,
  shared: z.boolean().default(false),
  lease_seconds: z.number().min(leaseSeconds.least).max(leaseSeconds.most).default(leaseSeconds.default),
  wait_seconds: WaitSeconds.optional(),
  agent: text(100).optional(),
});
type Input = z.output<typeof input>;

const output = z.object({
  held: z.array(HeldName.extend({ fence: z.number().int() })),
  /** Those that the caller's name held already. */
  renewed: z.array(z.string()).optional(),
  not_acquired: z.array(z.object({ name: z.string(), reason: z.string() })).optional(),
});
type Answer = z.input<typeof output>;

const waiting: Waiting<Input, Answer> = {
  wait({ wait_seconds: seconds = 0 }) {
    return seconds === 0 ? undefined : { seconds, awaited: freeNames };
  },
  // nobody's own names are in the way
  scope: (call, { names, shared, agent }) => JSON.stringify([names, shared, actorFor(call, agent)]),
  isInVain: async () => false,
  async attempt(call, args) {
    const acquired = await acquireNames(await actingAs(call, args.agent), wantedOf(args));
    if ('conflicts' in acquired) return undefined;
    const held = acquired.held.map((row) => ({ ...heldName(row), fence: row.fence }));
    return { held, ...(acquired.renewed.length > 0 && { renewed: acquired.renewed }) };
  },
  async nothing(call, args) {
    const wanted = wantedOf(args);
    const conflicts = await findConflicts(await actingAs(call, args.agent), wanted);
    return { held: [], not_acquired: reasons(wanted.names, conflicts) };
  },
  async giveBack(caller, { agent }, { held, renewed = [] }) {
    const names = held.map(({ name }) => name).filter((name) => !renewed.includes(name));
    await releaseNames(await actingAs(caller, agent), { names, fence: undefined });
  },
};

function wantedOf({ names, shared, lease_seconds }: Input) {
  return { names: namesOf('acquire', names), shared, leaseSeconds: lease_seconds };
}

/** Why none was acquired. What was in the way may be gone by the time that it is looked for. */
function reasons(names: string[], conflicts: Conflict[]) {
  if (conflicts.length > 0) return conflicts.map(({ name, by }) => ({ name, reason: describeHeld(by) }));
  return names.map((name) => ({ name, reason: 'it was held a moment ago; try again' }));
}

export const acquire = defineTool({
  name: 'acquire',
  description: 'Take names ("src/auth/**", "staging") that nobody else may use meanwhile, all or none. Again renews.',
  input,
  output,
  hints: sets,
  run: async (context, args) => takeOnce(waiting, await context.open(), args),
  waiting,
});
