import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/server';
import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { serverFactory } from '../mcp/server.ts';
import type { AgentFacts } from '../tools/define/define-tool.ts';
import type { ToolHost } from '../tools/define/run-tool.ts';
import { chooseTools, defaultToolsets } from '../tools/toolsets.ts';
import { modernRevision, type RecordedAnswers } from './stdio/early-answers.ts';
import { version } from './version.ts';

// Runs while the program is built, and is no part of it.

const clientInfo = { name: 'recorder', version: '1' };
/** The requests of a connection that need no store, and whose answer is the same for every client. */
const methods = ['tools/list', 'prompts/list', 'resources/templates/list'];

/** The answers while no setting changes the list of tools. */
export function recordDefaultAnswers(): Promise<RecordedAnswers> {
  const notAsked = () => {
    throw new Error('an answer that is recorded needs no store');
  };
  return recordAnswers({
    openCall: notAsked,
    cacheIsKnown: notAsked,
    report: notAsked,
    tools: chooseTools({ names: defaultToolsets, readOnly: false }),
    // of the facts about the server, the handshake tells only the version
    facts: () => ({ version }) as AgentFacts,
  });
}

/** The answers of the server to the opening of a connection, in each revision of the protocol. */
export async function recordAnswers(parts: ToolHost): Promise<RecordedAnswers> {
  const openings = await Promise.all(SUPPORTED_PROTOCOL_VERSIONS.map((revision) => recordLegacy(parts, revision)));
  const places: RecordedAnswers['places'] = {};
  const results: string[] = [];
  for (const { revision, answers } of [...openings, await recordModern(parts)]) {
    places[revision] = Object.fromEntries(
      Object.entries(answers).map(([method, result]) => [method, place(results, JSON.stringify(result))]),
    );
  }
  const unknown = await recordLegacy(parts, '1999-12-31');
  const { protocolVersion } = unknown.answers.initialize as { protocolVersion: string };
  return { latest: protocolVersion, results, places };
}

interface Recorded {
  revision: string;
  answers: Record<string, unknown>;
}

async function recordLegacy(parts: ToolHost, revision: string): Promise<Recorded> {
  const ask = connect(parts);
  const initialize = await ask('initialize', { protocolVersion: revision, capabilities: {}, clientInfo });
  const answers: Record<string, unknown> = { initialize };
  for (const method of ['ping', ...methods]) answers[method] = await ask(method, {});
  return { revision, answers };
}

async function recordModern(parts: ToolHost): Promise<Recorded> {
  const ask = connect(parts);
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': modernRevision,
    'io.modelcontextprotocol/clientInfo': clientInfo,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const answers: Record<string, unknown> = {};
  for (const method of ['server/discover', ...methods]) answers[method] = await ask(method, { _meta });
  return { revision: modernRevision, answers };
}

/** A connection to a server of its own; gives back a function that sends a request to it. */
function connect(parts: ToolHost): (method: string, params: object) => Promise<unknown> {
  const waiting = new Map<unknown, (result: unknown) => void>();
  const transport: Transport = {
    async start() {},
    async close() {},
    async send(message) {
      const { id, result, error } = message as { id?: number; result?: unknown; error?: object };
      if (error !== undefined) throw new Error(JSON.stringify(error));
      waiting.get(id)?.(result);
    },
  };
  serveStdio(serverFactory(parts), { transport });
  let id = 0;
  return (method, params) =>
    new Promise((resolve) => {
      id += 1;
      waiting.set(id, resolve);
      transport.onmessage?.({ jsonrpc: '2.0', id, method, params } as JSONRPCMessage);
    });
}

function place(results: string[], result: string): number {
  const known = results.indexOf(result);
  return known === -1 ? results.push(result) - 1 : known;
}
