import {
  CLIENT_INFO_META_KEY,
  McpServer,
  type McpServerFactory,
  type ServerContext,
  type StandardSchemaWithJSON,
} from '@modelcontextprotocol/server';
import { GoalAgentError } from '../domain/errors.ts';
import { unstorable } from '../domain/text.ts';
import type { PoolCall } from '../service/call.ts';
import { answerOnce } from '../service/requests.ts';
import { type AgentFacts, splitRequestId, type Tool, type ToolContext } from './define-tool.ts';
import { parseInput } from './input.ts';
import { instructions } from './instructions.ts';
import { listedSchema } from './listed-schema.ts';
import { registerPrompts } from './prompts.ts';
import { registerResources } from './resources.ts';
import { protocolError, toolError, toolResult } from './results.ts';
import type { WithCall } from './with-call.ts';

/** What the protocol's face needs from the rest of the program. */
export interface ServerParts {
  /**
   * Waits until the store can be used. History names the agent, or else the client, as the one who acts.
   * @throws GoalAgentError `unavailable` or `configuration`.
   */
  openCall(from: { clientName?: string | undefined; signal?: AbortSignal | undefined }): Promise<PoolCall>;
  facts(): AgentFacts;
  /** Waits, a moment after the start, until the facts can say whether the cache is in use. */
  cacheIsKnown(): Promise<void>;
  /** What clients are offered: the same for every connection. */
  tools: readonly Tool[];
  /** Told of errors that are defects, for the log. */
  report(error: unknown, where: string): void;
}

/** Turns a request of the protocol into a call of the service. */
type OpenCall = (context: ServerContext) => Promise<PoolCall>;

/** The lists of tools and prompts stay the same, and that of resources is read when it is looked at. */
const capabilities = {
  tools: { listChanged: false },
  resources: { listChanged: false },
  prompts: { listChanged: false },
};

/** Serves both protocol eras: the SDK calls it once for each connection. */
export function serverFactory(parts: ServerParts): McpServerFactory {
  return () => {
    const server = new McpServer(
      { name: 'goal-agent', version: parts.facts().version },
      { instructions, capabilities },
    );
    const open: OpenCall = (context) =>
      parts.openCall({ clientName: clientName(server, context), signal: context.mcpReq.signal });
    for (const tool of parts.tools) register(server, tool, parts, open);
    const withCall: WithCall = async (where, context, work) => {
      try {
        return await work(await (context === undefined ? parts.openCall({}) : open(context)));
      } catch (error) {
        if (isDefect(error, context?.mcpReq.signal)) parts.report(error, where);
        throw protocolError(error);
      }
    };
    registerResources(server, withCall);
    registerPrompts(server, withCall);
    return server;
  };
}

function register(server: McpServer, tool: Tool, parts: ServerParts, open: OpenCall): void {
  const config = {
    title: titleOf(tool.name),
    description: tool.description,
    inputSchema: listedOnly(listedSchema(tool.input)),
    outputSchema: listedOnly(listedSchema(tool.output)),
    annotations: tool.hints,
  };
  server.registerTool(tool.name, config, async (args: unknown, context: ServerContext) => {
    const toolContext = { open: () => openFor(tool, parts, () => open(context)), facts: parts.facts };
    try {
      return toolResult(await runTool(tool, toolContext, parseInput(tool, args)));
    } catch (error) {
      if (isDefect(error, context.mcpReq.signal)) parts.report(error, tool.name);
      return toolError(error);
    }
  });
}

/** Before the tool begins, since its answer may be written in the transaction of its work. */
async function openFor({ output }: Tool, parts: ServerParts, open: () => Promise<PoolCall>): Promise<PoolCall> {
  const call = await open();
  if ('_persistence' in output.shape || 'cache' in output.shape) await parts.cacheIsKnown();
  return call;
}

/** A call that its client took back ends with the reason that the client gave, which is text where there is one. */
function isDefect(error: unknown, signal: AbortSignal | undefined): boolean {
  return !(error instanceof GoalAgentError) && !(signal?.aborted && error === signal.reason);
}

/** `break_down_goal` as a person reads it in a client's list: `Break down goal`. */
function titleOf(name: string): string {
  const words = name.replaceAll('_', ' ');
  return `${words[0]?.toUpperCase()}${words.slice(1)}`;
}

async function runTool(
  tool: Tool,
  context: { open(): Promise<PoolCall>; facts: ToolContext['facts'] },
  input: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const { requestId, args } = splitRequestId(input);
  if (requestId === undefined) return tool.run(context, args);
  const request = { id: requestId, tool: tool.name, args };
  return answerOnce(await context.open(), request, (call) => tool.run({ ...context, open: async () => call }, args));
}

/**
 * A schema that the SDK lists but does not check with. Input is checked by `parseInput`, whose messages say what to do
 * next; output is checked by the tests: an answer that fails a check would be an error after the change was made.
 */
function listedOnly(schema: Record<string, unknown>): StandardSchemaWithJSON {
  return {
    '~standard': {
      version: 1,
      vendor: 'goal-agent',
      validate: (value: unknown) => ({ value }),
      jsonSchema: { input: () => schema, output: () => schema },
    },
  };
}

function clientName(server: McpServer, context: ServerContext): string | undefined {
  const envelope: { [CLIENT_INFO_META_KEY]?: { name: string } } = context.mcpReq.envelope ?? {};
  const name = (envelope[CLIENT_INFO_META_KEY] ?? server.server.getClientVersion())?.name;
  return name === undefined || name === '' || unstorable(name) !== undefined ? undefined : name.slice(0, 80);
}
