import type pg from 'pg';
import { parametersOf, type Route, routes } from '../../src/http/rest/routes.ts';
import { allTools } from './conversation.ts';
import { aService, connectClient, type ServiceProcess } from './service-process.ts';
import type { Ask, Face } from './tenants.ts';

/** The service of each database: all of its tenants come to one process. */
const services = new Map<string, ServiceProcess>();

/** Starts the service of a database; to be called at a file's top. */
export async function serveWorld(connection: pg.ClientConfig): Promise<void> {
  const env = { ...allTools, GOAL_AGENT_RATE_LIMIT: '1000000', POSTGRES_POOL_SIZE: '2', POSTGRES_MAX_OVERFLOW: '2' };
  services.set(String(connection.database), await aService({ database: connection, env }));
}

function serviceOf({ database }: pg.ClientConfig): ServiceProcess {
  const service = services.get(String(database));
  if (service === undefined) throw new Error('serveWorld was not called for this database');
  return service;
}

/** MCP over Streamable HTTP, with a token. */
export const mcpFace: Face = {
  name: 'MCP over HTTP',
  async open({ connection, secret }): Promise<Ask> {
    const { url } = serviceOf(connection);
    const client = await connectClient(`${url}/mcp`, 'modern', { authorization: `Bearer ${secret}` });
    return async (name, args) => {
      const { structuredContent, isError, content } = await client.callTool({ name, arguments: args });
      return isError === true ? { refused: JSON.stringify(content) } : structuredContent;
    };
  },
};

export interface RestFace extends Face {
  /** The routes that answered a call without refusing it. */
  answered: Set<Route>;
}

/** REST, by the route of the tool whose path says most of the arguments. */
export function restFace(): RestFace {
  const answered = new Set<Route>();
  return {
    name: 'REST',
    answered,
    async open({ connection, secret }): Promise<Ask> {
      return askOverRest(serviceOf(connection), { authorization: `Bearer ${secret}` }, answered);
    },
  };
}

/** Calls tools over REST. `answered` collects the routes that did not refuse. */
export function askOverRest(
  service: ServiceProcess,
  headers: Record<string, string>,
  answered: Set<Route> = new Set(),
): Ask {
  return async (tool, args) => {
    const route = routes
      .filter((each) => each.tool === tool && fits(each, args))
      .toSorted((a, b) => parametersOf(b.path).length - parametersOf(a.path).length)[0];
    if (route === undefined) return { refused: `no route for ${tool}` };
    const { path, rest } = addressOf(route, args);
    const isRead = route.method === 'get';
    const { status, body } = await service.request(
      route.method.toUpperCase(),
      `/api/v1${path}${isRead ? `?${queryOf(rest)}` : ''}`,
      { headers, ...(!isRead && { body: rest }) },
    );
    if (status >= 400) return { refused: JSON.stringify([status, body]) };
    answered.add(route);
    return body;
  };
}

function fits({ path, asList }: Route, args: Record<string, unknown>): boolean {
  if (asList !== undefined) return Array.isArray(args[asList]) && args[asList].length === 1;
  return parametersOf(path).every((name) => typeof args[name] === 'string' && args[name] !== '');
}

function addressOf({ path, asList }: Route, args: Record<string, unknown>) {
  const rest = { ...args };
  const filled = parametersOf(path).reduce((text, name) => {
    const value = asList === undefined ? args[name] : (args[asList] as unknown[])[0];
    delete rest[asList ?? name];
    // an address cannot hold half a character
    return text.replace(`{${name}}`, () => encodeURIComponent(new TextDecoder().decode(Buffer.from(String(value)))));
  }, path);
  return { path: filled, rest };
}

function queryOf(args: Record<string, unknown>): URLSearchParams {
  const pairs = Object.entries(args).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((each): [string, string] => [name, String(each)]),
  );
  return new URLSearchParams(pairs);
}
