import type { McpServerFactory } from '@modelcontextprotocol/server';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { measure } from '../service/measures.ts';
import { isDefect, type Observation } from '../tools/define/run-tool.ts';
import { adminApi, adminRoutes } from './admin/admin.ts';
import { reloadBackups } from './backups.ts';
import { type BoardFiles, pagePaths } from './board/files.ts';
import { boardRoutes } from './board/routes.ts';
import { openSession, sessionRoutes } from './board/session-routes.ts';
import type { Sessions } from './board/sessions.ts';
import { type ChangeStreams, changeStreams } from './changes.ts';
import { checkAddresses, type Names } from './guard/addresses.ts';
import { authenticate } from './guard/authenticate.ts';
import { limitBodies, requireJson } from './guard/bodies.ts';
import { type OAuthSettings, resourceMetadata } from './guard/oauth.ts';
import { onlyForOwnAdmin } from './guard/own-admin.ts';
import { limitGuesses, limitRates, type Rates } from './guard/rates.ts';
import { mcpEndpoint } from './mcp-endpoint.ts';
import { Metrics } from './metrics.ts';
import type { HttpEnv, Identified, ServiceParts } from './parts.ts';
import { problemOf, problemResponse } from './problem.ts';
import { clientsAnswer, RecentClients } from './recent-clients.ts';
import { openApi } from './rest/openapi.ts';
import { restApi } from './rest/rest.ts';

export interface BoardOptions {
  /** Its page and files. */
  files: BoardFiles;
  sessions: Sessions;
  /** The host under which browsers reach the service by https, if any. */
  secureHost: string | undefined;
}

export interface AppOptions {
  names: Names;
  /** Who else gives tokens, where somebody does. */
  oauth: OAuthSettings | undefined;
  rates: Rates;
  /** The board; undefined for a service without a page. */
  board?: BoardOptions | undefined;
  /** The URL under which clients reach the service, for a request that came. */
  urlOf(requestUrl: string): string;
  /** The address of the peer of a request, by what the server knows of it. */
  peerOf(env: unknown): string | undefined;
  /** Makes the servers of /mcp in place of the program's own factory. */
  newMcpServer?: McpServerFactory;
}

export interface App {
  fetch: Hono<HttpEnv>['fetch'];
  /** All that is answered, guards included. */
  routes: Hono<HttpEnv>['routes'];
  /** Ends the streams that are open. */
  close(): Promise<void>;
}

/** A monitor's request waits no longer than this for the database. */
const measuringMs = 2_000;

/** All that the service answers, as one function from request to response. */
export function createApp(given: ServiceParts, options: AppOptions): App {
  const app = new Hono<HttpEnv>();
  const identify = async (token: string): Promise<Identified> => {
    const session = options.board?.sessions.read(token);
    return session === undefined ? given.identify(token) : { kind: 'local', ...session };
  };
  const changes = changeStreams({ ...given, identify });
  const metrics = metricsOf(given, changes);
  const clients = new RecentClients();
  const observe = (observation: Observation) => {
    metrics.observe(observation);
    given.observe?.(observation);
  };
  const parts: ServiceParts = { ...given, observe, identify };
  const mcp = mcpEndpoint(parts, options.newMcpServer);
  app.use(secureHeaders({ strictTransportSecurity: false, referrerPolicy: 'no-referrer' }));
  app.use(checkAddresses(options.names));
  addOpenRoutes(app, parts, options);
  const guesses = limitGuesses(options.peerOf);
  if (options.board !== undefined) addPages(app, parts, { ...options.board, guesses });
  for (const path of ['/mcp', '/api/*', '/metrics']) {
    app.use(path, guesses, authenticate(parts, challengeOf(options)), limitRates(options.rates));
    app.use(path, limitBodies, requireJson, clients.notice);
  }
  app.all('/mcp', (context) => mcp.handle(context));
  app.get('/metrics', (context) => metricsAnswer(context, parts, metrics));
  app.get('/api/v1/clients', (context) => clientsAnswer(context, parts, clients));
  app.get('/api/v1/changes', (context) => changes.handle(context));
  app.post('/api/v1/backups/reload', (context) => reloadBackups(context, parts));
  if (options.board !== undefined) {
    app.route('/api/v1/session', sessionRoutes({ parts, ...options.board }));
    app.route('/api/v1/board', boardRoutes(parts));
  }
  app.route('/api/v1', adminApi(parts));
  app.route('/api/v1', restApi(parts));
  app.notFound((context) =>
    problemResponse({
      status: 404,
      code: 'no_such_route',
      detail: `There is no ${context.req.method} ${context.req.path.slice(0, 200)}; /openapi.json lists the routes.`,
    }),
  );
  app.onError((error, context) => {
    if (isDefect(error, context.req.raw.signal)) parts.report(error, `${context.req.method} ${context.req.routePath}`);
    return problemResponse(problemOf(error));
  });
  return {
    fetch: app.fetch,
    routes: app.routes,
    async close() {
      changes.close();
      await mcp.close();
    },
  };
}

function metricsOf(parts: ServiceParts, changes: ChangeStreams): Metrics {
  return new Metrics({
    measures: async () => measure(await parts.openCall({ signal: AbortSignal.timeout(measuringMs) })),
    cache: () => parts.facts().cache,
    readers: changes.readers,
    webhookFailures: parts.webhookFailures,
  });
}

const metadataPath = '/.well-known/oauth-protected-resource';

/** What a 401 says of the issuer; nothing where no issuer is set. */
function challengeOf({ oauth, urlOf }: AppOptions): (requestUrl: string) => string | undefined {
  return (requestUrl) => (oauth === undefined ? undefined : `${urlOf(requestUrl)}${metadataPath}/mcp`);
}

/** The routes that want no token. */
function addOpenRoutes(app: Hono<HttpEnv>, parts: ServiceParts, { oauth, urlOf }: AppOptions): void {
  const { version } = parts.facts();
  app.get('/health', (context) => context.json({ status: 'ok', version }));
  app.get('/ready', async (context) => {
    const { ready, reason, isStarting } = await parts.readiness();
    const answer = { ready, ...(reason !== undefined && { reason }), ...(isStarting && { is_starting: true }) };
    return context.json(answer, ready ? 200 : 503);
  });
  app.get('/openapi.json', (context) =>
    context.json(
      openApi({ tools: parts.routedTools, admin: adminRoutes(parts), version, url: urlOf(context.req.url) }),
    ),
  );
  if (oauth === undefined) return;
  for (const path of [metadataPath, `${metadataPath}/mcp`]) {
    app.get(path, (context) => context.json(resourceMetadata(oauth)));
  }
}

/** The board's page and files, and the way in for whoever shows a token there. */
function addPages(
  app: Hono<HttpEnv>,
  parts: ServiceParts,
  { guesses, ...board }: BoardOptions & { guesses: MiddlewareHandler<HttpEnv> },
): void {
  for (const path of pagePaths) app.get(path, (context, next) => board.files.page(context) ?? next());
  app.get('/assets/*', (context, next) => board.files.asset(context) ?? next());
  app.post('/api/v1/session', guesses, limitBodies, requireJson, openSession({ parts, ...board }));
}

/** The counts of one workspace are nothing for the callers of another. */
async function metricsAnswer(context: Context<HttpEnv>, parts: ServiceParts, metrics: Metrics): Promise<Response> {
  await onlyForOwnAdmin(context, parts, 'read the metrics');
  const { text, contentType } = await metrics.render();
  return context.body(text, 200, { 'content-type': contentType });
}
