import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  CLIENT_CAPABILITIES_META_KEY,
  type McpServer,
  type ReadResourceResult,
  type ServerContext,
  UriTemplate,
  type Variables,
} from '@modelcontextprotocol/server';
import { GoalAgentError } from '../domain/errors.ts';
import type { Tool } from '../tools/define/define-tool.ts';

// The board inside a client (MCP Apps, 2026-01-26). Only a client that says that it shows such pages is told of it.

const extension = 'io.modelcontextprotocol/ui';
const mimeType = 'text/html;profile=mcp-app';
export const boardUri = 'ui://goal-agent/board';

/** The tools whose calls the board is shown for. */
const shownFor: readonly string[] = ['get_goal', 'generate_execution_plan', 'get_briefing'];
/** What the board cannot be without: settings may leave tools out. */
const needed = ['list_tasks', 'batch_get_tasks', 'list_goals', 'get_next_tasks', 'get_history', 'get_agent_status'];

/** The board is what a tool's `_meta` names; older hosts look for the second key. */
const meta = { ui: { resourceUri: boardUri }, 'ui/resourceUri': boardUri };

/** What `tools/list` says of a tool to this client about the board: nothing, unless the client shows such pages. */
export function boardMeta(
  { name }: Tool,
  tools: readonly Tool[],
  isShown: boolean,
): { _meta?: Record<string, unknown> } {
  const isWhole = needed.every((each) => tools.some((tool) => tool.name === each));
  return isShown && isWhole && shownFor.includes(name) ? { _meta: meta } : {};
}

/** Whether the client shows pages of servers, as it said itself: with this request, or when the connection opened. */
export function showsApps(server: McpServer, context: ServerContext): boolean {
  const envelope: { [CLIENT_CAPABILITIES_META_KEY]?: Capabilities } = context.mcpReq.envelope ?? {};
  if (isAppsSession(context.http?.req?.headers.get('mcp-session-id'))) return true;
  return saysApps(envelope[CLIENT_CAPABILITIES_META_KEY] ?? server.server.getClientCapabilities());
}

function saysApps(capabilities: Capabilities | undefined): boolean {
  const settings = capabilities?.extensions?.[extension] as { mimeTypes?: unknown } | undefined;
  return Array.isArray(settings?.mimeTypes) && settings.mimeTypes.includes(mimeType);
}

interface Capabilities {
  extensions?: Record<string, unknown> | undefined;
}

const appsSession = 'apps-';
const isAppsSession = (id: string | null | undefined) => id?.startsWith(appsSession) === true;

/**
 * The session of a client of the older revisions over HTTP, from the body that opened it: they say once what they can, and no
 * process keeps it. The ID itself says it, and comes back with each request. Undefined for a client that shows no pages.
 */
export function sessionFor(body: unknown): string | undefined {
  const { method, params } = (body ?? {}) as { method?: unknown; params?: { capabilities?: Capabilities } };
  return method === 'initialize' && saysApps(params?.capabilities) ? appsSession + randomUUID() : undefined;
}

export type BoardReader = (context: ServerContext) => Promise<ReadResourceResult>;

/**
 * The template of a page, which has the board's address too. The SDK lists every resource and every template, and the board
 * is neither a page that a person picks nor anything to a client that shows no pages of servers.
 */
export class PageTemplate extends UriTemplate {
  override match(address: string): Variables | null {
    return address === boardUri ? {} : super.match(address);
  }
}

/** The page itself. It needs no store: the page says what is wrong with one. */
export async function readBoard({
  version,
  mayWrite,
}: {
  version: string;
  mayWrite: boolean;
}): Promise<ReadResourceResult> {
  const page = await readPage();
  const text = page.replace('<html', `<html data-role="${mayWrite ? 'writer' : 'reader'}" data-version="${version}"`);
  const ui = { prefersBorder: true, permissions: { clipboardWrite: {} } };
  return { contents: [{ uri: boardUri, mimeType, text, _meta: { ui } }] };
}

async function readPage(): Promise<string> {
  try {
    return await readFile(new URL('../app/board.html', import.meta.url), 'utf8');
  } catch (cause) {
    throw new GoalAgentError('configuration', 'The file of the board is missing; install goal-agent again.', { cause });
  }
}
