import type { Context } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import { GoalAgentError } from '../domain/errors.ts';
import { GoalId } from '../domain/ids.ts';
import { answerJson } from '../domain/stored-text.ts';
import type { PoolCall } from '../service/call.ts';
import { readChanges } from '../service/read-changes.ts';
import { watchChanges } from '../service/watch-changes.ts';
import { jsonAnswer } from './json-answer.ts';
import type { HttpEnv, ServiceParts } from './parts.ts';
import { problemOf, problemResponse } from './problem.ts';

/** Proxies end connections on which nothing is said for a minute. */
const aliveEveryMs = 15_000;
/** Streams of one process. */
export const mostStreams = 2_000;

type Store = PoolCall['store'];

export interface ChangeStreams {
  handle(context: Context<HttpEnv>): Promise<Response>;
  /** Readers that are connected. */
  readers(): number;
  close(): void;
}

/** `GET /changes`: a page as JSON, or all that follows as server-sent events. */
export function changeStreams(parts: ServiceParts): ChangeStreams {
  const ending = new AbortController();
  let readers = 0;
  return {
    async handle(context) {
      try {
        const query = queryOf(context);
        const { signal } = context.req.raw;
        const { store } = await parts.openCall({ principal: context.get('principal'), signal });
        if (!context.req.header('accept')?.includes('text/event-stream')) {
          const { changes, position, isCaughtUp } = await readChanges(store, { ...query, signal });
          return jsonAnswer({ changes, position, is_caught_up: isCaughtUp });
        }
        if (readers >= mostStreams) return tooManyStreams();
        // a position that cannot be answered is an answer of its own, before the stream begins
        if (query.since !== undefined) await readChanges(store, { since: query.since, limit: 1 });
        context.header('x-accel-buffering', 'no');
        const response = streamSSE(context, async (stream) => {
          readers += 1;
          await tell({ parts, context, stream, ending: ending.signal }, store, query).finally(() => {
            readers -= 1;
          });
        });
        // Node ends the connection behind the stream where the client asked for that
        response.headers.delete('connection');
        return response;
      } catch (error) {
        return problemResponse(goneAs410(error));
      }
    },
    readers: () => readers,
    close: () => ending.abort(),
  };
}

interface Stream {
  parts: ServiceParts;
  context: Context<HttpEnv>;
  stream: SSEStreamingApi;
  ending: AbortSignal;
}

/** Tells one reader what changes, as fast as it reads, until it goes away or is cut off. */
async function tell({ parts, context, stream, ending }: Stream, store: Store, query: Query): Promise<void> {
  const gone = new AbortController();
  stream.onAbort(() => gone.abort());
  const signal = AbortSignal.any([gone.signal, ending]);
  const send = (message: { event: string; id?: string; data: string }) => stream.writeSSE(message);
  let told: string | undefined;
  const sayPosition = async () => {
    if (told !== undefined) await send({ event: 'position', id: told, data: told });
  };
  const alive = setInterval(() => void keepAlive(parts, context, sayPosition, gone), aliveEveryMs);
  try {
    for await (const news of watchChanges(store, { ...query, signal })) {
      for (const change of news.changes) {
        await send({ event: 'change', id: change.position, data: answerJson(change) });
        told = change.position;
      }
      if (told === news.position) continue;
      // where a reader goes on that hears of nothing for long
      told = news.position;
      await sayPosition();
    }
  } catch (error) {
    await send({ event: 'problem', data: answerJson(goneAs410(error)) });
  } finally {
    clearInterval(alive);
  }
}

/** Says that the stream lives, by an event that a browser tells its page of, and ends it where its token no longer counts. */
async function keepAlive(
  parts: ServiceParts,
  context: Context<HttpEnv>,
  sayPosition: () => Promise<void>,
  gone: AbortController,
): Promise<void> {
  const token = context.get('token');
  const identified = await parts.identify(token).catch(() => undefined);
  if (identified?.kind === 'refused') gone.abort();
  else await sayPosition().catch(() => gone.abort());
}

interface Query {
  since: string | undefined;
  goalId: string | undefined;
  limit?: number;
}

function queryOf(context: Context<HttpEnv>): Query {
  const { req } = context;
  const goal = req.query('goal_id');
  const limit = req.query('limit');
  for (const name of Object.keys(req.query())) {
    if (!['since', 'goal_id', 'limit'].includes(name)) {
      throw new GoalAgentError('invalid', `changes: it takes no "${name.slice(0, 40)}", only since, goal_id, limit.`);
    }
  }
  const since = req.header('last-event-id') ?? req.query('since');
  return {
    since: since === '' ? undefined : since,
    goalId: goal === undefined ? undefined : goalIdOf(goal),
    ...(limit !== undefined && { limit: limitOf(limit) }),
  };
}

function goalIdOf(text: string): string {
  const parsed = GoalId.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new GoalAgentError('invalid', `changes: goal_id ${parsed.error.issues[0]?.message ?? 'is no ID'}.`);
}

function limitOf(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 500) return limit;
  throw new GoalAgentError('invalid', 'changes: limit has to be a whole number from 1 to 500.');
}

/** A position whose history is gone will not come back, whoever asks again. */
function goneAs410(error: unknown) {
  const problem = problemOf(error);
  return problem.status === 409 ? { ...problem, status: 410, code: 'position_gone' } : problem;
}

function tooManyStreams(): Response {
  return problemResponse({
    status: 503,
    code: 'too_many_streams',
    detail: `This service has ${mostStreams} readers of changes already; come back later, or ask another replica.`,
    headers: { 'retry-after': '10' },
  });
}
