import { EXTENSION_ID, RESOURCE_MIME_TYPE } from '@modelcontextprotocol/ext-apps/server';
import { describe, expect, test } from 'vitest';
import { aDatabase } from '../support/database.ts';
import { aServer, aServerForTest, eras } from '../support/server-process.ts';

const database = await aDatabase();
const capabilities = { extensions: { [EXTENSION_ID]: { mimeTypes: [RESOURCE_MIME_TYPE] } } };
const uri = 'ui://goal-agent/board';

describe.each(eras)('the board inside clients of the %s era', async (era) => {
  const host = await aServer({ database, era, capabilities });
  const other = await aServer({ database, era, capabilities: { extensions: { [EXTENSION_ID]: {} } } });

  test('a host that shows pages is told of it by three tools, in not one character of text', async () => {
    const { tools } = await host.client.listTools();
    const shown = tools.filter(({ _meta }) => _meta !== undefined);
    expect(shown.map(({ name }) => name).sort()).toEqual(['generate_execution_plan', 'get_briefing', 'get_goal']);
    for (const { _meta } of shown) expect(_meta).toMatchObject({ ui: { resourceUri: uri } });
    const plain = (await other.client.listTools()).tools;
    expect(tools.map(({ _meta: _, ...tool }) => tool)).toEqual(plain);
    expect(JSON.stringify(plain)).not.toContain('ui://');
  });

  test('no list shows it, and a host reads it as one file', async () => {
    for (const { client } of [host, other]) {
      const lists = [await client.listResources(), await client.listResourceTemplates()];
      expect(JSON.stringify(lists)).not.toContain('ui://');
    }
    const { contents } = await host.client.readResource({ uri });
    const [page] = contents as { mimeType: string; text: string; _meta: object }[];
    expect(page).toMatchObject({ mimeType: RESOURCE_MIME_TYPE, _meta: { ui: { prefersBorder: true } } });
    expect(page?.text).toMatch(/^<!doctype html>\s*<html data-role="writer" data-version="\d/);
    expect(page?.text).not.toMatch(/<link|<script[^>]+src|<img/);
  });
});

test('a server that only reads shows a board without controls, and one without the tools that it needs shows none', async () => {
  const reader = await aServerForTest({ database, capabilities, env: { GOAL_AGENT_READ_ONLY: 'true' } });
  const { contents } = await reader.client.readResource({ uri });
  expect(JSON.stringify(contents)).toContain('data-role=\\"reader\\"');
  const core = await aServerForTest({ database, capabilities, env: { GOAL_AGENT_TOOLSETS: 'core' } });
  const { tools } = await core.client.listTools();
  expect(tools.filter(({ _meta }) => _meta !== undefined)).toEqual([]);
});
