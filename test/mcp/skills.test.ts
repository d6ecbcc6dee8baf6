import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { aDatabase } from '../support/database.ts';
import { aServerForTest, eras } from '../support/server-process.ts';

const text = readFileSync(path.join(import.meta.dirname, '../../skills/goal-agent/SKILL.md'), 'utf8');
const uri = 'skill://goal-agent/SKILL.md';
const extension = 'io.modelcontextprotocol/skills';
const database = await aDatabase();

describe.each(eras)('a client of the %s era', (era) => {
  test('finds the skill by the extension, and reads it', async () => {
    const { client } = await aServerForTest({ database, era });
    expect(client.getServerCapabilities()?.extensions).toHaveProperty([extension]);
    const { skills } = await client.request(
      { method: 'skills/list', params: {} },
      z.looseObject({ skills: z.array(z.any()) }),
    );
    expect(skills).toMatchObject([{ uri, frontmatter: { name: 'goal-agent' } }]);
    expect((await client.readResource({ uri })).contents).toMatchObject([{ uri, text }]);
  });

  test('without the extension sees it among the resources, and the tools as they are', async () => {
    const { client } = await aServerForTest({ database, era });
    const { resources } = await client.listResources();
    expect(resources.map((each) => each.uri)).toContain(uri);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name).filter((name) => name.includes('skill'))).toEqual([]);
  });
});
