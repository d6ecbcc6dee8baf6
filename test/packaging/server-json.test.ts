import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';

const root = path.resolve(import.meta.dirname, '../..');
const text = (name: string) => readFileSync(path.join(root, name), 'utf8');
const json = (name: string) => JSON.parse(text(name));

const setting = z.strictObject({
  name: z.string(),
  description: z.string(),
  format: z.enum(['string', 'number', 'boolean', 'filepath']).optional(),
  isSecret: z.boolean().optional(),
  default: z.string().optional(),
});
/** What the registry's schema of 2025-12-11 demands of the fields that server.json has, and what the registry demands beyond it. */
const accepted = z.strictObject({
  $schema: z.literal('https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json'),
  name: z
    .string()
    .min(3)
    .max(200)
    .regex(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/),
  title: z.string().min(1).max(100),
  description: z.string().min(1).max(100),
  version: z.string().regex(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/),
  packages: z
    .array(
      z.strictObject({
        registryType: z.literal('npm'),
        identifier: z.string().min(1),
        version: z.string().min(1),
        transport: z.strictObject({ type: z.literal('stdio') }),
        packageArguments: z.array(z.strictObject({ type: z.literal('positional'), value: z.string() })),
        environmentVariables: z.array(setting),
      }),
    )
    .min(1),
});

it('has the form that the MCP registry accepts', () => {
  expect(accepted.safeParse(json('server.json')).error).toBeUndefined();
});

it('says the same as package.json, and names settings that there are', () => {
  const { name, mcpName, version } = json('package.json');
  const server = accepted.parse(json('server.json'));
  expect(server).toMatchObject({ name: mcpName, version, packages: [{ identifier: name, version }] });
  const named = server.packages.flatMap(({ environmentVariables }) => environmentVariables.map((each) => each.name));
  for (const variable of named) expect(text('docs/configuration.md')).toContain(`\`${variable}\``);
});
