import { type Context, Hono } from 'hono';
import { answerJson } from '../../domain/stored-text.ts';
import type { PoolCall } from '../../service/call.ts';
import type { Subject } from '../../service/revision.ts';
import type { Tool } from '../../tools/define/define-tool.ts';
import { isDefect, runTool, traceParent } from '../../tools/define/run-tool.ts';
import type { HttpEnv, ServiceParts } from '../parts.ts';
import { problemOf, problemResponse } from '../problem.ts';
import { argumentsOf, given } from './arguments.ts';
import { entityTag, expectedRevision, isKnown } from './etag.ts';
import { honoPath, type Route, routes } from './routes.ts';

/** REST over the tools: each route is one tool, checked and answered as for every other caller. */
export function restApi(parts: ServiceParts): Hono<HttpEnv> {
  const api = new Hono<HttpEnv>();
  const tools = new Map(parts.routedTools.map((tool) => [tool.name, tool]));
  for (const route of routes) {
    const tool = tools.get(route.tool);
    // a service that changes nothing has no route that does
    if (tool === undefined) continue;
    api.on(route.method.toUpperCase(), honoPath(route.path), (context) =>
      answer({ parts, tools, tool, route, context }),
    );
  }
  return api;
}

interface Exchange {
  parts: ServiceParts;
  tools: ReadonlyMap<string, Tool>;
  tool: Tool;
  route: Route;
  context: Context<HttpEnv>;
}

async function answer(exchange: Exchange): Promise<Response> {
  const { parts, tool, context } = exchange;
  const { signal } = context.req.raw;
  try {
    return await (tool.hints.readOnlyHint ? read(exchange) : change(exchange));
  } catch (error) {
    if (isDefect(error, signal)) parts.report(error, tool.name);
    const problem = problemOf(error);
    return problemResponse(problem.code === 'changed' ? { ...problem, more: await asItIsNow(exchange) } : problem);
  }
}

async function read(exchange: Exchange): Promise<Response> {
  const { tool, context } = exchange;
  const args = argumentsOf(exchange.route, await given(context));
  const { answer: answered, revision } = await readWith(exchange, tool, args);
  const body = answerJson(answered);
  const etag = entityTag(body, subjectOf(exchange) && revision);
  const headers = { etag, 'cache-control': 'private, no-cache' };
  if (isKnown(context.req.header('if-none-match'), etag)) return new Response(null, { status: 304, headers });
  return new Response(body, { headers: { ...headers, 'content-type': 'application/json' } });
}

/** What a tool that reads answers, and the revision of the row that it read, at the same moment. */
async function readWith(exchange: Exchange, tool: Tool, args: Record<string, unknown>) {
  let revision: number | undefined;
  const seeRevision = (seen: number | undefined) => {
    revision = seen;
  };
  const open = async () => ({ ...(await openCall(exchange)), seeRevision });
  const answer = await runTool(tool, { ...exchange.parts, open, trace: traceOf(exchange.context) }, args);
  return { answer, revision };
}

async function change(exchange: Exchange): Promise<Response> {
  const { parts, tool, route, context } = exchange;
  const args = argumentsOf(route, await given(context));
  const subject = subjectOf(exchange);
  const revision = expectedRevision(subject && context.req.header('if-match'));
  let after: number | undefined;
  const expected =
    subject === undefined || revision === undefined
      ? undefined
      : {
          ...subject,
          revision,
          changedTo: (now: number | undefined) => {
            after = now;
          },
        };
  const answered = await runTool(
    tool,
    { ...parts, open: () => openCall(exchange), expected, trace: traceOf(context), answersWhole: true },
    args,
  );
  const body = answerJson(answered);
  return new Response(body, {
    status: route.status ?? 200,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...(after !== undefined && { etag: `"${after}"` }),
      ...locationOf(route, answered),
    },
  });
}

/** What a caller who was too late has to look at before it tries again. */
async function asItIsNow(exchange: Exchange): Promise<Record<string, unknown>> {
  const { tools } = exchange;
  const subject = subjectOf(exchange);
  const reader = subject && tools.get(`get_${subject.kind}`);
  if (subject === undefined || reader === undefined) return {};
  try {
    const { answer: current, revision } = await readWith(exchange, reader, { [`${subject.kind}_id`]: subject.id });
    return { current, revision };
  } catch {
    return {}; // it is gone by now, or the database is: the refusal itself is said all the same
  }
}

function subjectOf({ route: { row }, context }: Exchange): Subject | undefined {
  const id = row && context.req.param(`${row}_id`);
  return row === undefined || id === undefined ? undefined : { kind: row, id };
}

function openCall({ parts, context }: Exchange): Promise<PoolCall> {
  return parts.openCall({
    clientName: context.get('agent') ?? context.get('program'),
    principal: context.get('principal'),
    isPerson: context.get('isPerson'),
    signal: context.req.raw.signal,
  });
}

function traceOf(context: Context<HttpEnv>): string | undefined {
  return traceParent(context.req.header('traceparent'));
}

function locationOf({ status, tool }: Route, { id }: Record<string, unknown>): Record<string, string> {
  return status === 201 && tool === 'create_goal' ? { location: `/api/v1/goals/${id}` } : {};
}
