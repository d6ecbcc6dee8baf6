import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { routes } from '../../src/http/rest/routes.ts';
import { tools } from '../../src/tools/index.ts';
import { mcpFace, restFace, serveWorld } from '../support/http-faces.ts';
import {
  aTenantStep,
  aWorld,
  beginning,
  ending,
  eventsInOrder,
  type Face,
  type TenantStep,
  toolsFace,
  type World,
} from '../support/tenants.ts';

const [together, aloneA, aloneB] = [await aWorld(), await aWorld(), await aWorld()];
const rest = restFace();
/** Every way in belongs in here. Over HTTP a call costs much more, and finds what differs between faces soon. */
const faces: { face: Face; numRuns: number }[] = [
  { face: toolsFace, numRuns: 4 },
  { face: mcpFace, numRuns: 1 },
  { face: rest, numRuns: 1 },
];
await Promise.all([together, aloneA, aloneB].map(({ connection }) => serveWorld(connection)));

let names = 0;

function aName(what: string): string {
  names += 1;
  return `${what}${names}`;
}

/** One tenant of a world, whose answers do not tell when they were given. */
async function aTenant(face: Face, world: World, workspace: string) {
  const tenant = await world.tenant(workspace);
  const ask = await face.open(tenant);
  const events = eventsInOrder(world.sql, tenant.store.workspaceId);
  return {
    tenant,
    async take(step: TenantStep) {
      const { tool, args } = await events.named(step);
      return events.seen(await ask(tool, args));
    },
  };
}

describe.each(faces)('with two tenants, by way of $face.name', ({ face, numRuns }) => {
  it('each gets the answers that it would get alone, whatever the other one does', { timeout: 120_000 }, async () => {
    const answered = new Set<string>();
    const steps = fc.array(aTenantStep, { minLength: 40, maxLength: 40, size: 'max' });
    await fc.assert(
      fc.asyncProperty(steps, steps, async (stepsA, stepsB) => {
        const [nameA, nameB] = [aName('a'), aName('b')];
        const a = await aTenant(face, together, nameA);
        const b = await aTenant(face, together, nameB);
        const onlyA = await aTenant(face, aloneA, nameA);
        const onlyB = await aTenant(face, aloneB, nameB);
        const all = [a, b, onlyA, onlyB];
        const allA = [...beginning(2), ...stepsA, ...ending];
        // has what the other has not: an ID that leaks is one that the other must not find
        const allB = [...beginning(4), ...stepsB, ...ending];
        for (let n = 0; n < Math.max(allA.length, allB.length); n += 1) {
          const [stepA, stepB] = [allA[n], allB[n]];
          const [seenA, seenB] = await Promise.all([stepA && a.take(stepA), stepB && b.take(stepB)]);
          if (stepA) expect({ stepA, seen: seenA }).toEqual({ stepA, seen: await onlyA.take(stepA) });
          if (stepB) expect({ stepB, seen: seenB }).toEqual({ stepB, seen: await onlyB.take(stepB) });
          for (const [step, seen] of [
            [stepA, seenA],
            [stepB, seenB],
          ] as const) {
            if (step && !seen?.startsWith('{"refused"')) answered.add(step.tool);
          }
        }
        // the server has connections for other suites, too
        await Promise.all(all.map(({ tenant }) => tenant.store.database.close()));
      }),
      { numRuns, endOnFailure: true },
    );
    // calls that are all refused would compare nothing
    expect([...answered].toSorted()).toEqual(tools.map((tool) => tool.name).toSorted());
    if (face === rest) expect(routes.filter((route) => !rest.answered.has(route))).toEqual([]);
  });

  it('neither is told of the process that serves both', async () => {
    const workspace = aName('guest');
    const ask = await face.open(await together.tenant(workspace));
    const status = await ask('get_agent_status', {});
    expect(status).toMatchObject({
      agent_config: { name: 'agent', workspace },
      persistence: { from: 'the service' },
      cache: { from: 'the service', hits: 0, misses: 0, errors: 0 },
    });
    expect(JSON.stringify([status, await ask('create_goal', { description: 'x' })])).not.toMatch(/ann\b/);
  });

  it('an event of the other is as one that does not exist', async () => {
    const a = await together.tenant(aName('own'));
    const b = await together.tenant(aName('foreign'));
    const [askA, askB] = [await face.open(a), await face.open(b)];
    await askB('create_goal', { description: 'theirs' });
    const { rows } = await together.sql.query('select max(seq) as seq from events where workspace_id = $1', [
      b.store.workspaceId,
    ]);
    const there = Number(rows[0].seq);
    const nowhere = there + 1_000_000;
    const [foreign, unknown] = [
      JSON.stringify(await askA('undo', { event_id: there })),
      JSON.stringify(await askA('undo', { event_id: nowhere })),
    ];
    expect(foreign).toContain('refused');
    expect(foreign.replaceAll(String(there), 'N')).toBe(unknown.replaceAll(String(nowhere), 'N'));
  });
});
