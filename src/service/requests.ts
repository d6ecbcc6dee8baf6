import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { GoalAgentError } from '../domain/errors.ts';
import { type Requested, type StatementRunner, step } from '../store/database.ts';
import { violatedConstraint } from '../store/failures.ts';
import type { Row } from '../store/statement.ts';
import {
  answerRequest,
  dropExpiredRequest,
  dropOldRequests,
  findRequest,
  insertRequest,
} from '../store/statements/requests.ts';
import { actorFor } from './acting-as.ts';
import type { Call, PoolCall } from './call.ts';
import { type Expected, findRevision, holdRevision } from './revision.ts';

/** What an agent asks for under an id of its own, so that it may ask again. */
export interface Request {
  id: string;
  tool: string;
  /** Checked, and with defaults filled in. */
  args: Record<string, unknown>;
  /** The row as the caller saw it, where the change must not meet somebody else's. */
  expected?: Expected | undefined;
}

type Answer = Record<string, unknown>;
type Kept = Row<typeof findRequest>;

/** Old requests that one removes that is answered: more than it adds, and not so many that it is felt. */
const droppedAtOnce = 20;

/**
 * What `run` answers, or what it answered before to the same request, which then changes nothing: docs/decisions/requests.md.
 * All that `run` writes and its answer are one transaction; what it refuses leaves nothing, and may be asked again.
 * `run` may run more than once, of which once counts.
 *
 * @throws GoalAgentError `conflict` where the id is that of another request; what `run` throws.
 */
export async function answerOnce(call: PoolCall, request: Request, run: (call: Call) => Promise<Answer>) {
  const { database, workspaceId } = call.store;
  const { id: requestId, tool } = request;
  const { agent } = request.args;
  const argumentsHash = hashOf(call, request);
  // the session that asks: docs/decisions/requests.md
  const actor = actorFor(call, typeof agent === 'string' ? agent : undefined);
  const look = async (runner: StatementRunner): Promise<Requested<Answer> | undefined> => {
    const kept = step(findRequest, { workspaceId, requestId });
    const [found] = (await runner.read({ kept }, { signal: call.signal })).kept;
    if (found === undefined) return undefined;
    refuseOther(found, { request, argumentsHash, actor });
    return { result: JSON.parse(found.answer), committedLately: found.lately };
  };
  const id = uuidv7();
  const first = {
    expired: step(dropExpiredRequest, { workspaceId, requestId }),
    request: step(insertRequest, { workspaceId, id, actor, requestId, tool, argumentsHash }),
  };
  const work = async (runner: StatementRunner): Promise<Requested<Answer>> => {
    const before = await look(runner);
    if (before !== undefined) return before;
    const within = { ...call, operationId: id, store: { ...call.store, database: runner } };
    const { expected } = request;
    if (expected !== undefined) await holdRevision(within, expected);
    const result = await run(within);
    if (expected !== undefined) expected.changedTo(await findRevision(within, expected));
    const answer = step(answerRequest, { workspaceId, id, answer: JSON.stringify(result) });
    return { result, last: { answer, old: step(dropOldRequests, { workspaceId, limit: droppedAtOnce }) } };
  };
  const attempt = () => database.request(first, work, { signal: call.signal });
  return inLine(database, requestId, () =>
    attempt().catch(async (error) => {
      // another process was faster, or a try of this one whose connection was lost: by now the answer is there, also where this one
      // is refused what the other has done
      const wasAnswered = isThere(error) || (isRefusal(error) && (await look(database)));
      if (wasAnswered) return attempt();
      throw error;
    }),
  );
}

/** Whether the request, or its operation, was committed while this one waited to make it. */
function isThere(error: unknown): boolean {
  return ['operations_request', 'operations_id_unique'].includes(violatedConstraint(error) ?? '');
}

function isRefusal(error: unknown): boolean {
  return error instanceof GoalAgentError && ['invalid', 'not_found', 'conflict', 'changed'].includes(error.code);
}

/** @throws GoalAgentError `conflict` where the kept call is not the same one, made by the same session. */
function refuseOther(
  kept: Kept,
  { request, argumentsHash, actor }: { request: Request; argumentsHash: string; actor: string },
): void {
  const isSame = kept.tool === request.tool && kept.arguments_hash === argumentsHash;
  if (isSame && kept.actor === actor) return;
  const its = `request_id ${JSON.stringify(request.id)} is that of a call of ${kept.tool}`;
  const at = `${kept.at.slice(0, 19)}Z`;
  throw new GoalAgentError(
    'conflict',
    isSame
      ? `${its} by ${kept.actor} at ${at}, and you are ${actor}; nothing was changed. Use a new request_id. If that was you before a restart, the call is done: get_history shows what it changed.`
      : `${its} at ${at}, which had other arguments; nothing was changed. Use a new request_id, or repeat that call as it was.`,
  );
}

/** Arguments are the same whatever the order of their keys. Nobody gets the answer of a token that it has not shown. */
function hashOf({ principal }: Call, { tool, args }: Request): string {
  return createHash('sha256')
    .update(canonical([tool, principal?.name ?? null, args]))
    .digest('hex');
}

/** JSON with keys in order, and without those that are undefined. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join()}}`;
}

const lines = new WeakMap<object, Map<string, Promise<void>>>();

/**
 * Requests of one id in this process wait for each other here, where it costs neither a connection nor a number: a
 * client that gave up waiting and asks again is usually served by the process that is still at it.
 */
async function inLine<T>(database: object, requestId: string, work: () => Promise<T>): Promise<T> {
  const line = lines.get(database) ?? new Map<string, Promise<void>>();
  lines.set(database, line);
  const turn = (line.get(requestId) ?? Promise.resolve()).then(work);
  const over = turn.then(
    () => {},
    () => {},
  );
  line.set(requestId, over);
  try {
    return await turn;
  } finally {
    if (line.get(requestId) === over) line.delete(requestId);
  }
}
