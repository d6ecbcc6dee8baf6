import type { Reading } from './setting.ts';
import { schemeOf } from './shown.ts';

/** The address of the cache. `tls` is for `rediss://`. */
export interface RedisConnection {
  host: string;
  port: number;
  database: number;
  user?: string | undefined;
  password?: string | undefined;
  tls: boolean;
}

/** Reads `redis://` or `rediss://`, with the defaults filled in. No part of a password is in the answer when it is refused. */
export function parseRedisUrl(text: string): Reading<RedisConnection> {
  const refused = {
    shown: JSON.stringify(`${schemeOf(text)}***`),
    allowed: 'redis://user:password@host:6379/0, or rediss:// for TLS',
  };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const database = /^\/?(\d{0,6})$/.exec(url?.pathname ?? '')?.[1];
  if (!url || !/^rediss?:$/.test(url.protocol) || database === undefined) return refused;
  try {
    return {
      value: {
        host: url.hostname.replace(/^\[(.*)\]$/, '$1') || 'localhost',
        port: Number(url.port || 6379),
        database: Number(database),
        user: decodeURIComponent(url.username) || undefined,
        password: decodeURIComponent(url.password) || undefined,
        tls: url.protocol === 'rediss:',
      },
    };
  } catch {
    return refused; // a lone % in the user or password
  }
}
