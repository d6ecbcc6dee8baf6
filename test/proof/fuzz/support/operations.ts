import { z } from 'zod';
import type { Schema } from '../../../support/schema-subsets.ts';

/** A route as the document of the service describes it. */
export interface Operation {
  method: string;
  path: string;
  /** What its path, its query and its body take. */
  input: { path: Schema; query: Schema; body: Schema | undefined };
  statuses: number[];
  /** What a success has to be. */
  output: z.ZodType;
}

interface Described {
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
  requestBody?: { content: { 'application/json': { schema: Schema } } };
  responses: Record<string, { content?: { 'application/json'?: { schema: z.core.JSONSchema.JSONSchema } } }>;
}

export interface Document {
  paths: Record<string, Record<string, Described>>;
  components: { schemas: { Problem: z.core.JSONSchema.JSONSchema } };
}

/** Every route and method of a document. */
export function operationsOf({ paths }: Document): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => operationOf(method, path, described)),
  );
}

function operationOf(method: string, path: string, { parameters = [], requestBody, responses }: Described): Operation {
  const placed = (place: string): Schema => {
    const all = parameters.filter((each) => each.in === place);
    return {
      type: 'object',
      properties: Object.fromEntries(all.map(({ name, schema }) => [name, schema])),
      required: all.filter(({ required }) => required).map(({ name }) => name),
    };
  };
  const success = Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1];
  const output = success?.content?.['application/json']?.schema;
  return {
    method: method.toUpperCase(),
    path,
    input: { path: placed('path'), query: placed('query'), body: requestBody?.content['application/json'].schema },
    statuses: Object.keys(responses).map(Number),
    output: output === undefined ? z.unknown() : z.fromJSONSchema(output),
  };
}
