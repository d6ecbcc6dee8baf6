import type { Context } from 'hono';
import { GoalAgentError } from '../../domain/errors.ts';
import { readBody, readJsonBody } from '../json-body.ts';
import type { HttpEnv } from '../parts.ts';
import { parametersOf, type Route } from './routes.ts';

interface Given {
  /** What the path's parameters are. */
  path: Record<string, string>;
  /** What the query says; a parameter that is there several times is a list. */
  query: Record<string, string[]>;
  /** The body's value; undefined where there is none. */
  body: unknown;
  requestId: string | undefined;
}

/** What a request says, by its places. */
export async function given(context: Context<HttpEnv>): Promise<Given> {
  const { req } = context;
  const bytes = req.method === 'GET' ? new Uint8Array() : await readBody(req);
  return {
    path: req.param() as Record<string, string>,
    query: req.queries(),
    body: readJsonBody(bytes),
    requestId: req.method === 'GET' ? undefined : req.header('idempotency-key'),
  };
}

/**
 * The arguments of a tool, out of all places of a request. The tool itself checks them.
 * @throws GoalAgentError `invalid` where two places say one argument, or the body is no object.
 */
export function argumentsOf(
  route: Pick<Route, 'path' | 'asList' | 'tool'>,
  { path, query, body, requestId }: Given,
): Record<string, unknown> {
  if (body !== undefined && (typeof body !== 'object' || body === null || Array.isArray(body))) {
    throw new GoalAgentError('invalid', `The body has to be a JSON object with the arguments of ${route.tool}.`);
  }
  const places: Record<string, unknown>[] = [
    pathArguments(route, path),
    Object.fromEntries(Object.entries(query).map(([name, values]) => [name, values.length === 1 ? values[0] : values])),
    (body ?? {}) as Record<string, unknown>,
    requestId === undefined ? {} : { request_id: requestId },
  ];
  const args: Record<string, unknown> = {};
  for (const [name, value] of places.flatMap((place) => Object.entries(place))) {
    if (Object.hasOwn(args, name)) throw new GoalAgentError('invalid', `${name} is given twice; give it once.`);
    Object.defineProperty(args, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return args;
}

function pathArguments(
  { path, asList }: Pick<Route, 'path' | 'asList'>,
  given: Record<string, string>,
): Record<string, unknown> {
  const names = parametersOf(path);
  if (asList !== undefined) return { [asList]: names.map((name) => given[name]) };
  return Object.fromEntries(names.map((name) => [name, given[name]]));
}
