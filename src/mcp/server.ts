import {
  type AuthInfo,
  CLIENT_INFO_META_KEY,
  type McpRequestContext,
  McpServer,
  type ServerContext,
  type ServerOptions,
  type StandardSchemaWithJSON,
} from '@modelcontextprotocol/server';
import type { Principal } from '../domain/principal.ts';
import { unstorable } from '../domain/text.ts';
import type { PoolCall } from '../service/call.ts';
import type { Tool } from '../tools/define/define-tool.ts';
import { listedSchema } from '../tools/define/listed-schema.ts';
import { type CallFrom, isDefect, runTool, type ToolHost, titleOf, traceParent } from '../tools/define/run-tool.ts';
import { boardMeta, readBoard, showsApps } from './board-app.ts';
import { tellErrorsInWords } from './error-words.ts';
import { instructions } from './instructions.ts';
import { tellingProgress } from './progress.ts';
import { registerPrompts } from './prompts.ts';
import { registerResources } from './resources.ts';
import { protocolError, toolError, toolResult } from './results.ts';
import { skills } from './skills.ts';
import type { WithCall } from './with-call.ts';

/** Turns a request of the protocol into a call of the service. */
type OpenCall = (context: ServerContext) => Promise<PoolCall>;

/**
 * The lists of tools and prompts stay the same, and that of resources is read when it is looked at. Subscriptions are told
 * where the connection has a place for them: everywhere but in the older revisions over HTTP
 * (docs/decisions/subscriptions.md).
 */
function capabilitiesOf({ era, requestInfo }: McpRequestContext) {
  const subscribe = era === 'modern' || requestInfo === undefined;
  return {
    tools: { listChanged: false },
    resources: { listChanged: false, ...(subscribe && { subscribe }) },
    prompts: { listChanged: false },
  };
}

/**
 * Serves both protocol eras: the SDK calls it once for each connection.
 * @param options what a server needs whose tools ask their client; those of Goal Agent never do
 */
export function serverFactory(
  parts: ToolHost,
  options: Pick<ServerOptions, 'requestState'> = {},
): (context: McpRequestContext) => McpServer {
  const definitions = parts.tools.map((tool) => ({ tool, definition: definitionOf(tool) }));
  return (connection) => {
    const server = new McpServer(
      { name: 'goal-agent', version: parts.facts().version },
      { ...options, instructions, capabilities: capabilitiesOf(connection) },
    );
    const open: OpenCall = (context) => parts.openCall(callFrom(server, context));
    for (const { tool, definition } of definitions) register(server, { tool, definition }, parts, open);
    server.server.setRequestHandler('tools/list', (_, context) => {
      const isShown = showsApps(server, context);
      return {
        tools: definitions.map(({ tool, definition }) => ({ ...definition, ...boardMeta(tool, parts.tools, isShown) })),
      };
    });
    const withCall: WithCall = async (where, context, work) => {
      try {
        // a completion gets no context of its own; over HTTP the server is made for one request, and knows its caller
        const { principal } = factsOf(connection.authInfo);
        return await work(await (context === undefined ? parts.openCall({ principal }) : open(context)));
      } catch (error) {
        if (isDefect(error, context?.mcpReq.signal)) parts.report(error, where);
        throw protocolError(error);
      }
    };
    registerResources(server, withCall, ({ http }) => {
      const isReader = factsOf(http?.authInfo).principal?.role === 'reader';
      const mayWrite = !isReader && parts.tools.some(({ hints }) => !hints.readOnlyHint);
      return readBoard({ version: parts.facts().version, mayWrite });
    });
    registerPrompts(server, withCall);
    skills.attach(server);
    tellErrorsInWords(server);
    return server;
  };
}

type Definition = ReturnType<typeof definitionOf>;

/** A tool as `tools/list` shows it. */
function definitionOf({ name, description, input, output, hints }: Tool) {
  return {
    name,
    title: titleOf(name),
    description,
    inputSchema: { type: 'object' as const, ...listedSchema(input) },
    annotations: hints,
    outputSchema: { type: 'object' as const, ...listedSchema(output) },
  };
}

function register(
  server: McpServer,
  { tool, definition }: { tool: Tool; definition: Definition },
  parts: ToolHost,
  open: OpenCall,
): void {
  const config = {
    ...definition,
    inputSchema: listedOnly(definition.inputSchema),
    outputSchema: listedOnly(definition.outputSchema),
  };
  server.registerTool(tool.name, config, async (args: unknown, context: ServerContext) => {
    try {
      const { over } = factsOf(context.http?.authInfo);
      const stopping =
        over === undefined ? parts.stopping : AbortSignal.any([over, ...(parts.stopping ? [parts.stopping] : [])]);
      const run = () => runTool(tool, { ...parts, stopping, open: () => open(context), trace: traceOf(context) }, args);
      return toolResult(await (tool.waiting === undefined ? run() : tellingProgress(context, run)));
    } catch (error) {
      if (isDefect(error, context.mcpReq.signal)) parts.report(error, tool.name);
      return toolError(error);
    }
  });
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

/** What is known of the caller where the transport has looked: on HTTP. */
export interface CallerFacts {
  principal: Principal | undefined;
  /** The name that the caller gives itself, before that of its program. */
  agent: string | undefined;
  program: string | undefined;
  /** Ends the call's wait, where the client can take it back by no other way. */
  over: AbortSignal | undefined;
}

/** The place in the caller's trace: in the request's `_meta`, or in the header of a request over HTTP. */
function traceOf({ mcpReq, http }: ServerContext): string | undefined {
  return traceParent(mcpReq._meta?.traceparent) ?? traceParent(http?.req?.headers.get('traceparent'));
}

function callFrom(server: McpServer, context: ServerContext): CallFrom {
  const { principal, agent, program } = factsOf(context.http?.authInfo);
  return { clientName: agent ?? clientName(server, context) ?? program, principal, signal: context.mcpReq.signal };
}

function factsOf(authInfo: AuthInfo | undefined): Partial<CallerFacts> {
  return (authInfo?.extra ?? {}) as Partial<CallerFacts>;
}

function clientName(server: McpServer, context: ServerContext): string | undefined {
  const envelope: { [CLIENT_INFO_META_KEY]?: { name: string } } = context.mcpReq.envelope ?? {};
  const name = (envelope[CLIENT_INFO_META_KEY] ?? server.server.getClientVersion())?.name;
  return name === undefined || name === '' || unstorable(name) !== undefined ? undefined : name.slice(0, 80);
}
