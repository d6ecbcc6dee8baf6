import path from 'node:path';
import type { CallToolResult } from '@modelcontextprotocol/client';
import { getToolUiResourceUri } from '@modelcontextprotocol/ext-apps/app-bridge';
import { EXTENSION_ID, RESOURCE_MIME_TYPE } from '@modelcontextprotocol/ext-apps/server';
import { build } from 'esbuild';
import type pg from 'pg';
import type { Browser, Frame, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { aServer } from '../support/server-process.ts';

/** What a host lets a page do that asks for nothing: the policy of the extension's specification. */
const policy = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "connect-src 'none'",
].join('; ');

const address = 'http://host.test/';

/** A client with a host's page, at the other end of a server process that speaks the protocol over stdio. */
export async function aHost(browser: Browser, database: pg.ClientConfig) {
  const capabilities = { extensions: { [EXTENSION_ID]: { mimeTypes: [RESOURCE_MIME_TYPE] } } };
  const { client } = await aServer({ database, capabilities, clientName: 'host' });
  const { tools } = await client.listTools();
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, 'host-page.mjs')],
    bundle: true,
    format: 'iife',
    write: false,
    minify: true,
    logLevel: 'error',
  });
  const script = outputFiles[0]?.text.replaceAll('</script', '<\\/script');
  const body = `<!doctype html><html lang="en"><title>Host</title><body style="margin:0"><style>
    iframe { width: 100%; border: 0 } .fullscreen { position: fixed; inset: 0; height: 100% !important }
    </style><script>${script}</script>`;

  /** Calls a tool as a model does, and shows what the host shows for it. */
  return async (
    name: string,
    args: Record<string, unknown>,
    { context = {}, width = 900 }: { context?: Record<string, unknown>; width?: number } = {},
  ): Promise<{ page: Page; frame: Frame; stop(): void; go(): void }> => {
    const tool = tools.find((each) => each.name === name);
    const uri = tool && getToolUiResourceUri(tool);
    if (tool === undefined || uri === undefined) throw new Error(`${name} shows nothing`);
    const { contents } = await client.readResource({ uri });
    const [content] = contents;
    const html = content !== undefined && 'text' in content ? content.text : '';
    const result = (await client.callTool({ name, arguments: args })) as CallToolResult;
    const browserContext = await browser.newContext({ viewport: { width, height: 700 }, reducedMotion: 'reduce' });
    onTestFinished(() => browserContext.close());
    const page = await browserContext.newPage();
    page.setDefaultTimeout(15_000);
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (/Content Security Policy|Trusted|sandbox/i.test(message.text())) problems.push(message.text());
    });
    page.on('request', (request) => {
      if (/^https?:/.test(request.url()) && request.url() !== address) problems.push(request.url());
    });
    onTestFinished(() => expect(problems).toEqual([]));
    let isDown = false;
    await page.exposeFunction('callTool', (called: string, given: Record<string, unknown>) => {
      if (isDown) throw new Error('The server has ended.');
      return client.callTool({ name: called, arguments: given });
    });
    await page.route(address, (route) =>
      route.fulfill({ contentType: 'text/html', headers: { 'content-security-policy': policy }, body }),
    );
    await page.goto(address);
    const shown = { html, args, result, context: { toolInfo: { tool }, ...context } };
    await page.evaluate(`show(${JSON.stringify(shown)})`);
    const frame = await (await page.waitForSelector('iframe')).contentFrame();
    if (frame === null) throw new Error('the host has no frame');
    return {
      page,
      frame,
      stop: () => {
        isDown = true;
      },
      go: () => {
        isDown = false;
      },
    };
  };
}
