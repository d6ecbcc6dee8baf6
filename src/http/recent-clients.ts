import type { Context, MiddlewareHandler } from 'hono';
import { keeperName } from '../domain/names.ts';
import { onlyForOwnAdmin } from './guard/own-admin.ts';
import type { HttpEnv, ServiceParts } from './parts.ts';

/** A name under which somebody calls, and when the last call came. */
interface RecentClient {
  name: string;
  last_seen: string;
}

/** How long after its last call a client still counts, in ms. */
const recentMs = 15 * 60_000;
const mostNames = 100;
/** Whoever looks after the service is no client of it. */
const ownPaths = new Set(['/metrics', '/api/v1/clients']);

/** Who has called this process lately. HTTP has no sessions, so a client counts for a while after each call. */
export class RecentClients {
  /** The last call's time by name, the latest at the end. */
  readonly #seen = new Map<string, number>();

  /** Notes a request that the guards have let in. */
  readonly notice: MiddlewareHandler<HttpEnv> = (context, next) => {
    if (!ownPaths.has(context.req.path)) this.#note(nameOf(context));
    return next();
  };

  list(): RecentClient[] {
    const since = Date.now() - recentMs;
    const recent = [...this.#seen].filter(([, at]) => at >= since).reverse();
    return recent.map(([name, at]) => ({ name, last_seen: new Date(at).toISOString() }));
  }

  #note(name: string | undefined): void {
    if (name === undefined || name === keeperName) return;
    this.#seen.delete(name);
    this.#seen.set(name, Date.now());
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > mostNames && oldest !== undefined) this.#seen.delete(oldest);
  }
}

/** Answers with the clients of this process, of whatever workspace: nothing for the callers of one. */
export async function clientsAnswer(
  context: Context<HttpEnv>,
  parts: ServiceParts,
  clients: RecentClients,
): Promise<Response> {
  await onlyForOwnAdmin(context, parts, 'see who calls');
  return context.json({ clients: clients.list() }, 200, { 'cache-control': 'no-store' });
}

function nameOf(context: Context<HttpEnv>): string | undefined {
  return context.get('principal')?.name ?? context.get('agent') ?? context.get('program');
}
