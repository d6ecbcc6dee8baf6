import { type Chosen, tellLeftovers, whoAsks } from './chosen.ts';
import { parseFrom } from './parse.ts';
import { firstThatSets, type Place, tellUsed, type Used } from './place.ts';
import type { RedisConnection } from './redis-url.ts';
import { cacheParts, cacheUrls, type PlainSettings } from './variables.ts';

export type CacheConfig = { kind: 'off' } | { kind: 'redis'; connection: RedisConnection };

const ownUrl = 'GOAL_AGENT_REDIS_URL';
const asks = 'GOAL_AGENT_CACHE';
const partNames = Object.keys(cacheParts.shape);
type UrlName = keyof typeof cacheUrls.shape;

/** The variable that decides about the cache; for a Redis, the one place of all its settings, and its URL's name. */
interface Decision {
  by: Used;
  redis?: { place: Place; url?: UrlName };
}

/**
 * Chooses the cache: off, unless GOAL_AGENT_REDIS_URL or REDIS_HOST names a Redis, or CACHE_ENABLED asks for the one on
 * this machine. All settings of a Redis come from one place, as those of a database do.
 */
export function chooseCache(places: readonly Place[], plain: PlainSettings): Chosen<CacheConfig> {
  const decision = decide(places, plain);
  if (typeof decision === 'string') return off(places, undefined, [decision]);
  if (decision?.redis === undefined) return off(places, decision?.by);
  const { place, url } = decision.redis;
  const { connection, used, problems } = url === undefined ? readParts(place) : readUrl(place, url);
  const from = tellUsed(decision.by);
  return {
    value: { kind: 'redis', connection },
    from,
    used,
    problems,
    notices: tellOthers(places, used, `the cache is that of ${from}`),
  };
}

/** A sentence in place of a decision says what is wrong. */
function decide(places: readonly Place[], plain: PlainSettings): Decision | string | undefined {
  const switching = firstThatSets(places, 'CACHE_ENABLED');
  if (switching !== undefined && plain.CACHE_ENABLED === false)
    return { by: { name: 'CACHE_ENABLED', place: switching } };
  const asking = whoAsks(places, asks, ownUrl);
  const asked = plain.GOAL_AGENT_CACHE;
  if (asking !== undefined && asked !== undefined) return asFor(asked, asking, places);
  const place = places.find(({ values }) => values[ownUrl] !== undefined || values.REDIS_HOST !== undefined);
  if (place !== undefined) {
    const url = place.values[ownUrl] === undefined ? undefined : ownUrl;
    return { by: { name: url ?? 'REDIS_HOST', place }, redis: { place, ...(url !== undefined && { url }) } };
  }
  if (switching === undefined || plain.CACHE_ENABLED !== true) return undefined;
  return { by: { name: 'CACHE_ENABLED', place: switching }, redis: { place: switching } };
}

function asFor(asked: 'off' | 'REDIS_URL', asking: Place, places: readonly Place[]): Decision | string {
  const by = { name: asks, place: asking };
  if (asked === 'off') return { by };
  const place = firstThatSets(places, asked);
  if (place !== undefined) return { by: { name: asked, place }, redis: { place, url: asked } };
  return `${tellUsed(by)} is "${asked}", and no ${asked} is set; allowed: off, or ${asked} with it`;
}

interface Read {
  connection: RedisConnection;
  used: Used[];
  problems: string[];
}

const onThisMachine: RedisConnection = { host: 'localhost', port: 6379, database: 0, tls: false };

function readUrl(place: Place, url: UrlName): Read {
  const schema = url === 'REDIS_URL' ? cacheUrls.pick({ REDIS_URL: true }) : cacheUrls.omit({ REDIS_URL: true });
  const { values, used, problems } = parseFrom(schema, [place]);
  return { connection: Object.values(values)[0] ?? onThisMachine, used, problems };
}

function readParts(place: Place): Read {
  const { values, used, problems } = parseFrom(cacheParts, [place]);
  const connection = {
    ...onThisMachine,
    host: values.REDIS_HOST ?? onThisMachine.host,
    port: values.REDIS_PORT ?? onThisMachine.port,
    database: values.REDIS_DB ?? onThisMachine.database,
    password: values.REDIS_PASSWORD,
  };
  return { connection, used, problems };
}

function off(places: readonly Place[], by: Used | undefined, problems: string[] = []): Chosen<CacheConfig> {
  const from = by === undefined ? 'no setting names a Redis' : tellUsed(by);
  const because =
    by === undefined ? 'without REDIS_HOST it may be meant for another program' : `${from} turns the cache off`;
  return { value: { kind: 'off' }, from, used: [], problems, notices: tellOthers(places, [], because) };
}

function tellOthers(places: readonly Place[], used: readonly Used[], because: string): string[] {
  return [
    ...tellLeftovers({ places, used, names: ['REDIS_URL'], because: `only ${asks}=REDIS_URL asks for it` }),
    ...tellLeftovers({ places, used, names: [ownUrl, ...partNames], because }),
  ];
}
