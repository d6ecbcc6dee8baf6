import { isIP } from 'node:net';
import type { MiddlewareHandler } from 'hono';
import type { HttpEnv } from '../parts.ts';
import { problemResponse } from '../problem.ts';

const loopback = ['localhost', '127.0.0.1', '[::1]'];

/** Whether an address can be reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** The names by which the service may be called: a page that somebody else's name leads here to must not be answered. */
export interface Names {
  /** Host names without ports; IPv6 addresses in brackets. */
  hosts: ReadonlySet<string>;
  /** Whole origins, for those who come through a proxy; on loopback each port counts. */
  origins: ReadonlySet<string>;
}

/** The names of a service that listens on this address, and is known outside by this URL. */
export function namesOf(address: string, publicUrl: URL | undefined): Names {
  const own = address.includes(':') ? `[${address}]` : address;
  return {
    hosts: new Set([...loopback, own, ...(publicUrl === undefined ? [] : [publicUrl.hostname])]),
    origins: new Set(publicUrl === undefined ? [] : [publicUrl.origin]),
  };
}

/** Refuses requests whose `Host` is not ours (DNS rebinding), and those that a page of somebody else's sends. */
export function checkAddresses({ hosts, origins }: Names): MiddlewareHandler<HttpEnv> {
  return async (context, next) => {
    const host = hostnameOf(`http://${context.req.header('host') ?? ''}`);
    if (host === undefined || !hosts.has(host)) {
      return refused(
        'The Host header names no address of this service; set GOAL_AGENT_PUBLIC_URL to the URL that clients use.',
      );
    }
    const origin = context.req.header('origin');
    if (origin !== undefined && !origins.has(origin) && !isSameHost(origin, context.req.header('host'))) {
      return refused('The Origin header names another site; this service answers its own pages alone.');
    }
    return next();
  };
}

function refused(detail: string): Response {
  return problemResponse({ status: 403, code: 'foreign_address', detail });
}

/** A page that this service itself serves. */
function isSameHost(origin: string, host: string | undefined): boolean {
  return origin === `http://${host}` || origin === `https://${host}`;
}

function hostnameOf(url: string): string | undefined {
  try {
    return new URL(url).hostname;
  } catch {
    return undefined;
  }
}
