import { z } from 'zod';
import type { Tool } from '../../tools/define/define-tool.ts';
import { titleOf } from '../../tools/define/run-tool.ts';
import type { AdminRoute } from '../admin/admin-route.ts';
import { parametersOf, type Route, routes } from './routes.ts';

type Schema = Record<string, unknown>;

/** What a route leads to. */
type Target = Pick<Tool, 'name' | 'description' | 'input'> & { whole?: unknown };
type Addressed = Pick<Route, 'method' | 'path' | 'asList'>;

interface Described {
  tools: readonly Tool[];
  admin: readonly AdminRoute[];
  version: string;
  /** Where the service is reached, for generated clients. */
  url: string;
}

const errors = {
  '400': 'The request says something that the tool does not take.',
  '401': 'The token is missing, unknown, expired or revoked.',
  '403': 'The token may not do this, or the request comes from another site.',
  '404': 'An ID names nothing in this workspace.',
  '409': 'The state of the store does not allow it.',
  '413': 'The body is over the limit of 16 MiB.',
  '415': 'The body is not said to be JSON.',
  '429': 'The token sent too many requests; Retry-After says when the next one is welcome.',
  '503': 'The database cannot be reached now.',
};

/** The REST interface as an OpenAPI 3.1 document, made of the schemas with which the tools check and answer. */
export function openApi({ tools, admin, version, url }: Described): Schema {
  const known = new Map(tools.map((tool) => [tool.name, tool]));
  const paths: Record<string, Record<string, Schema>> = {};
  const add = ({ path, method }: Addressed, described: Schema) => {
    paths[path] = { ...paths[path], [method]: described };
  };
  for (const route of routes) {
    const tool = known.get(route.tool);
    if (tool !== undefined) add(route, toolOperation(route, tool));
  }
  for (const route of admin) add(route, adminOperation(route));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Goal Agent',
      version,
      description: 'Goals, tasks that depend on each other, and who works on them.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: `${url}/api/v1` }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'goal-agent token create makes one.' } },
      schemas: { Problem: problem },
    },
  };
}

const problem: Schema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'a word for programs' },
    detail: { type: 'string', description: 'what, which, and what to do next' },
    current: { description: 'the row as it is now, where the change came too late' },
  },
};

function toolOperation(route: Route, tool: Tool): Schema {
  const isRead = route.method === 'get';
  const hasTag = isRead || route.row !== undefined;
  const success = {
    ...succeeds(tool.whole ?? tool.output),
    ...(hasTag && { headers: { ETag: { schema: { type: 'string' } } } }),
  };
  return {
    operationId: operationId(route),
    ...described(route, tool, headerParameters(route, isRead)),
    responses: {
      [route.status ?? 200]: success,
      ...(isRead && { '304': { description: 'The answer is the one that If-None-Match names.' } }),
      ...refusals({
        ...errors,
        ...(route.row !== undefined && !isRead && { '412': 'The row has changed since If-Match was read.' }),
      }),
    },
  };
}

/** Without tags, and mostly without repeats: an answer may have a secret, which is shown once. */
function adminOperation(route: AdminRoute): Schema {
  return {
    operationId: route.name,
    ...described(route, route, route.isRepeatable ? [idempotencyKey] : []),
    responses: { [route.status ?? 200]: succeeds(route.output), ...refusals(errors) },
  };
}

function described(route: Addressed, { name, description, input: taken, whole }: Target, headers: Schema[]): Schema {
  const hasBody = route.method !== 'get' && route.method !== 'delete';
  const input = schemaOf(taken, 'input');
  const inPath = parametersOf(route.path);
  const properties = Object.entries((input.properties ?? {}) as Record<string, Schema>);
  const elsewhere = new Set([
    ...inPath,
    ...(route.asList === undefined ? [] : [route.asList]),
    'request_id',
    // the answer is whole without it, and the document describes no other
    ...(whole === undefined ? [] : ['full']),
  ]);
  const rest = properties.filter(([property]) => !elsewhere.has(property));
  const required = ((input.required ?? []) as string[]).filter((property) => !elsewhere.has(property));
  return {
    summary: titleOf(name),
    description,
    parameters: [
      ...inPath.map((each) => ({ name: each, in: 'path', required: true, schema: pathSchema(input, each) })),
      ...(hasBody
        ? []
        : rest.map(([each, schema]) => ({ name: each, in: 'query', required: required.includes(each), schema }))),
      ...headers,
    ],
    ...(hasBody && {
      requestBody: {
        required: required.length > 0,
        content: { 'application/json': { schema: objectOf(rest, required) } },
      },
    }),
  };
}

function succeeds(output: z.ZodType): Schema {
  return { description: 'The answer.', content: { 'application/json': { schema: schemaOf(output, 'output') } } };
}

function refusals(descriptions: Record<string, string>): Schema {
  return Object.fromEntries(
    Object.entries(descriptions).map(([status, description]) => [
      status,
      { description, content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
    ]),
  );
}

const header = (name: string, description: string) => ({
  name,
  in: 'header',
  schema: { type: 'string' },
  description,
});
const idempotencyKey = header('Idempotency-Key', 'a new UUID for each change: a repeat gets the first answer');

function headerParameters({ row }: Route, isRead: boolean): Schema[] {
  if (isRead) return [header('If-None-Match', 'the ETag of an answer that the caller has')];
  return [
    idempotencyKey,
    ...(row === undefined
      ? []
      : [header('If-Match', 'the ETag of the last GET: the change is refused where the row is another')]),
  ];
}

/** Two routes may lead to one tool: the second one's name says which it is. */
function operationId(route: Route): string {
  const first = routes.find(({ tool }) => tool === route.tool);
  return first === route ? route.tool : `${route.tool}_${parametersOf(route.path).join('_') || 'all'}`;
}

/** A path names one row, where the tool may take a list of them. */
function pathSchema(input: Schema, name: string): Schema {
  const { [name]: schema = { type: 'string' } } = (input.properties ?? {}) as Record<string, Schema>;
  return schema;
}

function objectOf(properties: [string, Schema][], required: string[]): Schema {
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
