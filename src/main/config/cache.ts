import type { Chosen } from './database.ts';
import type { RedisConnection } from './redis-url.ts';
import type { Variables } from './variables.ts';

export type CacheConfig = { kind: 'off' } | { kind: 'redis'; connection: RedisConnection };

/** Off, unless a REDIS_* variable names a Redis or CACHE_ENABLED is true. REDIS_URL wins as a whole over REDIS_HOST … */
export function chooseCache(variables: Variables): Omit<Chosen<CacheConfig>, 'problems'> {
  const { REDIS_URL, REDIS_HOST, REDIS_PORT, REDIS_DB, REDIS_PASSWORD, CACHE_ENABLED } = variables;
  const parts = { REDIS_HOST, REDIS_PORT, REDIS_DB, REDIS_PASSWORD };
  const named = REDIS_URL !== undefined || Object.values(parts).some((part) => part !== undefined);
  if (!(CACHE_ENABLED ?? named)) return { value: { kind: 'off' }, warnings: [] };
  const connection = REDIS_URL ?? {
    host: REDIS_HOST ?? 'localhost',
    port: REDIS_PORT ?? 6379,
    database: REDIS_DB ?? 0,
    password: REDIS_PASSWORD,
    tls: false,
  };
  return {
    value: { kind: 'redis', connection },

    warnings: REDIS_URL ? disagreements(parts, REDIS_URL) : [],
  };
}

function disagreements(parts: Record<string, string | number | undefined>, url: RedisConnection): string[] {
  const saidByUrl: Record<string, unknown> = {
    REDIS_HOST: url.host,
    REDIS_PORT: url.port,
    REDIS_DB: url.database,
    REDIS_PASSWORD: url.password,
  };
  const differ = Object.entries(parts).filter(([name, part]) => part !== undefined && part !== saidByUrl[name]);
  const names = differ.map(([name]) => name).join(', ');
  return names ? [`REDIS_URL is used; these differ from it and are ignored: ${names}.`] : [];
}
