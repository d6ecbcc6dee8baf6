import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { brokenInvariants } from '../../support/invariants.ts';
import type { ToolAnswer } from '../../support/server-process.ts';
import type { Ask, Example } from './examples.ts';
import type { Stand } from './stands.ts';
import { differences, type Stored, storedIn } from './stored.ts';

/** What a call comes to that nothing happens to. */
export interface Undisturbed {
  before: Stored;
  done: Stored;
  /** As `hidden` of the same moment shows it. */
  answer: string;
  /** How many messages it takes, both ways. */
  messages: number;
}

export interface Judged {
  /** What is wrong, as sentences. */
  problems: string[];
  /** How often the client asked again. */
  repeats: number;
}

interface Asked {
  stand: Stand;
  ask: Ask;
  example: Example;
  /** The example's, with the request_id where there is one. */
  args: Record<string, unknown>;
  undisturbed: Undisturbed;
  /** Undefined where the program was killed before it answered. */
  first: ToolAnswer | undefined;
}

/** How long a client goes on asking. A server keeps a transaction whose client is silent for ten seconds. */
const patienceMs = 40_000;

/** Repeats a call with a request_id as a good client does, until it is answered, and says what is wrong then. */
export async function judgeWithId(asked: Asked): Promise<Judged> {
  const { stand, ask, args, undisturbed, first } = asked;
  const { tool } = asked.example;
  const deadline = performance.now() + patienceMs;
  let repeats = 0;
  let answer = first;
  while (answer === undefined || (answer.error !== undefined && mayPass(answer.error))) {
    if (performance.now() > deadline) return { problems: [`never done: ${answer?.error}`], repeats };
    repeats += 1;
    answer = await ask(tool, args);
  }
  if (answer.error !== undefined) return { problems: [`refused: ${answer.error}`], repeats };
  const { stored, hidden } = await storedIn(stand.sql);
  const problems = [...differences(stored, undisturbed.done), ...otherAnswer(hidden(answer.text), undisturbed)];
  const again = await ask(tool, args);
  if (!isDeepStrictEqual(again, answer)) problems.push(`the repeat was answered ${again.text}, not ${answer.text}`);
  const after = await storedIn(stand.sql);
  problems.push(...differences(after.stored, stored).map((each) => `after the repeat ${each}`));
  return { problems: [...problems, ...(await broken(stand))], repeats: repeats + 1 };
}

/** Believes what a call without a request_id was told, looks at what is there, and repeats the call where nothing is. */
export async function judgeWithoutId(asked: Asked): Promise<Judged> {
  const { stand, ask, args, undisturbed, first } = asked;
  const { tool } = asked.example;
  await settled(stand);
  const { stored, hidden } = await storedIn(stand.sql);
  const [isDone, isBefore] = [undisturbed.done, undisturbed.before].map((each) => isDeepStrictEqual(stored, each));
  if (first !== undefined && first.error === undefined) {
    const problems = [...differences(stored, undisturbed.done), ...otherAnswer(hidden(first.text), undisturbed)];
    return { problems: [...problems, ...(await broken(stand))], repeats: 0 };
  }
  const said = first?.error ?? 'may or may not be there';
  if (isDone) {
    const isTold = /^The change was saved|may or may not be there/.test(said);
    return {
      problems: [...(isTold ? [] : [`it is done, and the client was told: ${said}`]), ...(await broken(stand))],
      repeats: 0,
    };
  }
  if (!isBefore)
    return { problems: differences(stored, undisturbed.done).map((each) => `in part: ${each}`), repeats: 0 };
  if (/^The change was saved/.test(said))
    return { problems: [`nothing is there, and the client was told: ${said}`], repeats: 0 };
  const again = await untilItPasses(ask, tool, args);
  const after = await storedIn(stand.sql);
  const problems = [
    ...(again.error === undefined ? [] : [`the repeat was refused: ${again.error}`]),
    ...differences(after.stored, undisturbed.done),
    ...(await broken(stand)),
  ];
  return { problems, repeats: 1 };
}

/** Of an error whose call may be repeated as it was, and is done once. */
function mayPass(error: string): boolean {
  return /may or may not be there|try again|nothing was changed|unreachable|not reachable|closed the connection|restart/i.test(
    error,
  );
}

async function untilItPasses(ask: Ask, tool: string, args: Record<string, unknown>): Promise<ToolAnswer> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const answer = await ask(tool, args);
    if (answer.error === undefined || !mayPass(answer.error) || performance.now() > deadline) return answer;
  }
}

function otherAnswer(answer: string, { answer: should }: Undisturbed): string[] {
  return answer === should ? [] : [`answered ${answer}, not ${should}`];
}

async function broken({ sql }: Stand): Promise<string[]> {
  return Object.entries(await brokenInvariants(sql)).map(
    ([rule, rows]) => `not true: ${rule}: ${JSON.stringify(rows)}`,
  );
}

/** Waits until the server has done what it was sent. */
async function settled({ sql }: Stand): Promise<void> {
  const busy = async () => {
    const { rows } = await sql.query(
      `select count(*)::int4 as n from pg_stat_activity
       where datname = current_database() and application_name = 'goal-agent' and state <> 'idle'`,
    );
    return rows[0].n;
  };
  await expect.poll(busy, { timeout: patienceMs, interval: 5 }).toBe(0);
}
