import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import type { Ask, Example } from '../../support/examples.ts';
import { brokenInvariants } from '../../support/invariants.ts';
import type { ToolAnswer } from '../../support/server-process.ts';
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
export async function judgeWithId({ stand, ask, example, args, undisturbed, first }: Asked): Promise<Judged> {
  const { answer, repeats } = await untilAnswered({ ask, tool: example.tool, args }, first);
  if (answer.error !== undefined) return { problems: [`it was not done: ${answer.error}`], repeats };
  const { stored, hidden } = await storedIn(stand.sql);
  const problems = [...differences(stored, undisturbed.done), ...otherAnswer(hidden(answer.text), undisturbed)];
  const again = await ask(example.tool, args);
  if (!isDeepStrictEqual(again, answer)) problems.push(`the repeat was answered ${again.text}, not ${answer.text}`);
  const after = await storedIn(stand.sql);
  problems.push(...differences(after.stored, stored).map((each) => `after the repeat ${each}`));
  return { problems: [...problems, ...(await broken(stand))], repeats: repeats + 1 };
}

/** Believes what a call without a request_id was told, looks at what is there, and repeats the call where nothing is. */
export async function judgeWithoutId({ stand, ask, example, args, undisturbed, first }: Asked): Promise<Judged> {
  const told = toldBy(first);
  await settled(stand);
  const { stored, hidden } = await storedIn(stand.sql);
  const is = stateOf(stored, undisturbed);
  if (is === 'in part') return { problems: differences(stored, undisturbed.done), repeats: 0 };
  if (told !== 'unknown' && told !== is) return { problems: [`it is ${is}, and was told: ${first?.text}`], repeats: 0 };
  const problems = await broken(stand);
  if (is === 'done') {
    const isAnswered = first !== undefined && first.error === undefined;
    return { problems: [...problems, ...(isAnswered ? otherAnswer(hidden(first.text), undisturbed) : [])], repeats: 0 };
  }
  const { answer, repeats } = await untilAnswered({ ask, tool: example.tool, args }, undefined);
  const after = await storedIn(stand.sql);
  if (answer.error !== undefined) problems.push(`the repeat was refused: ${answer.error}`);
  return { problems: [...problems, ...differences(after.stored, undisturbed.done), ...(await broken(stand))], repeats };
}

/** What a client may conclude from an answer. Who got none knows nothing. */
function toldBy(first: ToolAnswer | undefined): 'done' | 'not done' | 'unknown' {
  if (first === undefined || /may or may not be there/.test(first.error ?? '')) return 'unknown';
  return first.error === undefined || /^The change was saved/.test(first.error) ? 'done' : 'not done';
}

function stateOf(stored: Stored, { done, before }: Undisturbed): 'done' | 'not done' | 'in part' {
  if (isDeepStrictEqual(stored, done)) return 'done';
  return isDeepStrictEqual(stored, before) ? 'not done' : 'in part';
}

interface Repeated {
  ask: Ask;
  tool: string;
  args: Record<string, unknown>;
}

/** Asks until there is an answer other than that it may be asked again. */
async function untilAnswered({ ask, tool, args }: Repeated, first: ToolAnswer | undefined) {
  const deadline = performance.now() + patienceMs;
  let answer = first;
  let repeats = 0;
  while (answer === undefined || (mayBeRepeated(answer) && performance.now() < deadline)) {
    answer = await ask(tool, args);
    repeats += 1;
  }
  return { answer, repeats };
}

function mayBeRepeated({ error }: ToolAnswer): boolean {
  return error !== undefined && /may or may not be there|try again|nothing was changed/i.test(error);
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
