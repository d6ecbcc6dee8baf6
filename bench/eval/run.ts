import type { EvalCase, ToolCall } from './case.ts';
import { suites } from './cases/index.ts';
import { placeByWords } from './lexical.ts';
import type { Access, Ask } from './models/model.ts';
import { openWorld, type Service, type World } from './open-world.ts';
import { isRight, replay } from './replay.ts';

/** Starts a service that offers these toolsets, for as long as the work takes. */
export type WithService = <T>(toolsets: string, work: (service: Service) => Promise<T>) => Promise<T>;

/** What a case came to with a model. */
export interface Scored {
  says: string;
  called: ToolCall | undefined;
  words: string;
  isRightTool: boolean;
  /** The tool, and the arguments that matter. */
  isRight: boolean;
}

/** Hands each task to the model, with the tools as the server lists them, and looks at what it calls first. */
export async function runAgainst(
  { ask, access }: { ask: Ask; access: Access },
  withService: WithService,
): Promise<Scored[]> {
  const ofAll = suites.map(({ toolsets, cases }) =>
    withService(toolsets, async (service) => {
      const { world, question } = await surroundings(service);
      const scored: Scored[] = [];
      for (const each of cases) scored.push(score(each, await ask(access, { ...question, says: each.says })));
      await world.close();
      return scored;
    }),
  );
  return (await Promise.all(ofAll)).flat();
}

async function surroundings(
  service: Service,
): Promise<{ world: World; question: { instructions: string; tools: Tools } }> {
  const world = await openWorld(service, { world: 'empty' });
  const { tools } = await world.client.listTools();
  return { world, question: { instructions: world.client.getInstructions() ?? '', tools } };
}

type Tools = Awaited<ReturnType<World['client']['listTools']>>['tools'];

function score(evalCase: EvalCase, { call, words }: { call?: ToolCall; words: string }): Scored {
  return {
    says: evalCase.says,
    called: call,
    words,
    isRightTool: evalCase.accepts.some(({ tool }) => tool === call?.tool),
    isRight: call !== undefined && isRight(evalCase, call),
  };
}

/** What a case came to without a model. */
export interface Replayed {
  says: string;
  /** Of the recorded calls; undefined where they do what the task asks for. */
  wrong: string | undefined;
  /** Where a right tool stands among all, ordered by how well their words fit. */
  place: number;
}

/** Makes the recorded calls of each task against the server. */
export async function replayAll(withService: WithService): Promise<Replayed[]> {
  const replayed: Replayed[] = [];
  for (const { toolsets, cases } of suites) {
    await withService(toolsets, async (service) => {
      const { world, question } = await surroundings(service);
      for (const each of cases) {
        const place = placeByWords(question.tools, each);
        replayed.push({ says: each.says, wrong: await replay(service, each), place });
      }
      await world.close();
    });
  }
  return replayed;
}
