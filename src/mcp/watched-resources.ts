import { type McpServer, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { GoalId, TaskId } from '../domain/ids.ts';
import { shownValue } from '../tools/define/input.ts';
import type { ResourceEvents } from './resource-events.ts';

type SubscriptionId = string | number;

/** A message of the client, as far as subscriptions are concerned. */
interface Message {
  method?: unknown;
  id?: SubscriptionId;
  params?: Record<string, unknown> | undefined;
}

/**
 * The resources that the client of one connection watches, and the notifications about them. In the older revisions the
 * client names them one by one (`resources/subscribe`); in 2026-07-28 a request that stays open names several, and the SDK
 * sends each notification to the requests that it concerns.
 */
export class WatchedResources {
  readonly #events: ResourceEvents;
  /** The URIs as the client wrote them, by their subscription. */
  readonly #subscriptions = new Map<SubscriptionId, string[]>();
  #server: McpServer | undefined;
  #era: 'legacy' | 'modern' | undefined;
  #leave: (() => void) | undefined;

  /** @param events tells of changes while somebody subscribes to it */
  constructor(events: ResourceEvents) {
    this.#events = events;
    events.whenMissed(() => this.#tell());
  }

  /** The server that notifies the client, and that answers its subscriptions where they are requests of their own. */
  serveWith(server: McpServer, era: 'legacy' | 'modern'): void {
    this.#server = server;
    this.#era = era;
    if (era === 'modern') return;
    server.server.setRequestHandler('resources/subscribe', async ({ params: { uri } }) => {
      if (storedUri(uri) === undefined) throw noSuchPage(uri);
      this.#add(uri, [uri]);
      await this.#events.untilFollowing();
      return {};
    });
    server.server.setRequestHandler('resources/unsubscribe', ({ params: { uri } }) => {
      this.#remove(uri);
      return {};
    });
  }

  /**
   * Looks at a message of a client of 2026-07-28: the SDK answers subscriptions there, and tells nobody of them.
   * @returns what the message has to wait for, if anything: an acknowledged subscription misses no change
   */
  notice({ method, id, params }: Message): Promise<unknown> | undefined {
    if (this.#era === 'legacy') return undefined;
    if (method === 'subscriptions/listen' && id !== undefined) {
      const filter = params?.notifications as { resourceSubscriptions?: unknown } | undefined;
      const uris = filter?.resourceSubscriptions;
      if (!Array.isArray(uris)) return undefined;
      this.#add(id, uris.map(String));
      return this.#events.untilFollowing();
    }
    const ended = params?.requestId as SubscriptionId;
    if (method !== 'notifications/cancelled' || !this.#subscriptions.has(ended)) return undefined;
    this.#remove(ended);
    // behind its subscription, which may wait still
    return this.#events.untilFollowing();
  }

  close(): void {
    this.#subscriptions.clear();
    this.#leaveWhenIdle();
  }

  #add(subscription: SubscriptionId, uris: string[]): void {
    this.#subscriptions.set(subscription, uris);
    this.#leave ??= this.#events.subscribe((event) => {
      if (event.kind === 'resource_updated') this.#tell(event.uri);
    });
  }

  #remove(subscription: SubscriptionId): void {
    this.#subscriptions.delete(subscription);
    this.#leaveWhenIdle();
  }

  #leaveWhenIdle(): void {
    if (this.#subscriptions.size > 0) return;
    this.#leave?.();
    this.#leave = undefined;
  }

  /** Tells of a change, or of all that is watched. The client hears the URI as it wrote it. */
  #tell(changed?: string): void {
    const watched = new Set([...this.#subscriptions.values()].flat());
    for (const uri of watched) {
      // a connection that is over hears nothing more
      if (changed === undefined || storedUri(uri) === changed)
        this.#server?.server.sendResourceUpdated({ uri }).catch(() => {});
    }
  }
}

/** The URI with its ID in the stored form, or undefined where it names no page. */
function storedUri(uri: string): string | undefined {
  const { kind, id } = /^(?<kind>goal|plan|task):\/\/(?<id>.+)$/.exec(uri)?.groups ?? {};
  if (kind === undefined) return undefined;
  const { data } = (kind === 'task' ? TaskId : GoalId).safeParse(id);
  return data === undefined ? undefined : `${kind}://${data}`;
}

function noSuchPage(uri: string): ProtocolError {
  const message = `${shownValue(uri)} names no page; subscribe to goal://GOAL-0001, plan://GOAL-0001 or task://TASK-0001.`;
  return new ProtocolError(ProtocolErrorCode.InvalidParams, message);
}
