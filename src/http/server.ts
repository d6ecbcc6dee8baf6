import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import { GoalAgentError } from '../domain/errors.ts';
import type { App } from './app.ts';
import { problemResponse } from './problem.ts';

/** A client that sends its headers, or a whole request, slower than this is cut off. */
const headersMs = 10_000;
const requestMs = 60_000;
/** Longer than proxies keep theirs, so that they and not we end what is idle. */
const keepAliveMs = 75_000;
/** A client that takes nothing of its answer for so long is cut off. A reader of changes comes back with its last ID. */
const stalledMs = 30_000;
/** The rest of a body that is refused may take so long, and have so many bytes. */
const restMs = 10_000;
const mostRestBytes = 64 * 1024 * 1024;
/** What runs when the service is stopped may take so long. */
const graceMs = 10_000;

export interface Listening {
  port: number;
  /** Stops accepting, lets what runs finish, and ends what does not within ten seconds. */
  stop(): Promise<void>;
  /** Ends everything at once. */
  end(): void;
}

/**
 * Serves an app.
 * @throws GoalAgentError `configuration` where the address cannot be had.
 */
export async function listen(
  app: Pick<App, 'fetch' | 'close'>,
  { host, port, stalledAfterMs = stalledMs }: { host: string; port: number; stalledAfterMs?: number },
): Promise<Listening> {
  const server = createServer({
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    maxHeaderSize: 16 * 1024,
    connectionsCheckingInterval: 2_000,
  });
  server.on('request', (incoming, outgoing) => answer(app, incoming, outgoing));
  server.on('checkExpectation', async (incoming, outgoing) => {
    await restOfBody(incoming);
    outgoing.writeHead(417).end();
  });
  server.on('request', (_, response) => cutOffWhenStalled(response, stalledAfterMs));
  server.listen(port, host);
  await once(server, 'listening').catch((error) => {
    throw refused(error, host, port);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await app.close();
      await Promise.race([closed, sleep(graceMs, undefined, { ref: false })]);
      server.closeAllConnections();
    },
    end: () => server.closeAllConnections(),
  };
}

function answer(app: Pick<App, 'fetch'>, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const listener = getRequestListener(
    async (request, env) => {
      const response = await app.fetch(request, env);
      await restOfBody(incoming);
      return response;
    },
    {
      // an app answers its own errors: what comes here is a request without an address
      async errorHandler() {
        await restOfBody(incoming);
        const detail = 'The path and the Host header of this request make no address; begin the path with a slash.';
        return problemResponse({ status: 400, code: 'invalid', detail });
      },
    },
  );
  return listener(incoming, outgoing);
}

/** Only what waits for its reader counts: an answer that is not made yet may take longer. */
function cutOffWhenStalled(response: ServerResponse, afterMs: number): void {
  response.setTimeout(afterMs, () => {
    if ((response.socket?.writableLength ?? 0) > 0) response.destroy();
  });
}

/**
 * Reads past what nobody read of a body. To end a connection on which bytes still come in resets it, and takes the answer
 * away from the client that sends them.
 */
async function restOfBody(incoming: Readable & { complete: boolean }): Promise<void> {
  const isRead = incoming.readableFlowing !== null;
  if (incoming.complete || incoming.destroyed || isRead) return;
  let bytes = 0;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, restMs);
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > mostRestBytes) resolve();
    });
    // it comes after an end, too
    incoming.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** The other end of a request's connection. */
export function peerOf(env: unknown): string | undefined {
  return (env as { incoming?: IncomingMessage }).incoming?.socket.remoteAddress;
}

function refused(error: NodeJS.ErrnoException, host: string, port: number): GoalAgentError {
  const where = `${host}:${port}`;
  const reasons: Record<string, string> = {
    EADDRINUSE: `Another program listens on ${where} already; stop it, or choose another port with --port or GOAL_AGENT_PORT.`,
    EACCES: `This user may not listen on ${where}; choose a port above 1023 with --port or GOAL_AGENT_PORT.`,
    EADDRNOTAVAIL: `This machine has no address ${host}; choose one of its own with --host or GOAL_AGENT_HOST.`,
    ENOTFOUND: `There is no host ${host}; choose an address of this machine with --host or GOAL_AGENT_HOST.`,
  };
  const reason = reasons[error.code ?? ''] ?? `The service cannot listen on ${where} (${error.code ?? error.message}).`;
  return new GoalAgentError('configuration', reason, { cause: error });
}
