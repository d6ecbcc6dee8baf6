import { createHash } from 'node:crypto';
import { createClient } from 'redis';
import { GoalAgentError } from '../../domain/errors.ts';

/** The data that v2 kept in Redis, as the texts that it wrote; the snapshot may have expired. */
export interface RedisTexts {
  snapshot: string | undefined;
  /** By ID. */
  goals: Map<string, string>;
  tasks: Map<string, string>;
  /** The hash of all texts, which `imports` remembers. */
  hash: string;
}

const keys = { snapshot: 'goal_agent:state:full', goals: 'goal_agent:goal:', tasks: 'goal_agent:task:' } as const;

/**
 * Reads everything that v2 wrote to Redis, and changes nothing there. It walks the keys with SCAN, because a server
 * with other users' keys has to go on serving them.
 *
 * @throws GoalAgentError `unavailable` when Redis cannot be reached or refuses; `not_found` when v2 left nothing there.
 */
export async function readRedis(url: string): Promise<RedisTexts> {
  let client: ReturnType<typeof createClient>;
  try {
    client = createClient({ url, socket: { connectTimeout: 5_000, reconnectStrategy: false } });
    client.on('error', () => {}); // the running call fails by itself
    await client.connect();
  } catch (error) {
    throw unreachable(error);
  }
  try {
    const snapshot = (await client.get(keys.snapshot)) ?? undefined;
    const read = (prefix: string) =>
      readAll(
        prefix,
        (options) => client.scanIterator(options),
        (names) => client.mGet(names),
      );
    return withHash({ snapshot, goals: await read(keys.goals), tasks: await read(keys.tasks) });
  } catch (error) {
    throw error instanceof GoalAgentError ? error : unreachable(error);
  } finally {
    client.destroy();
  }
}

type Scan = (options: { MATCH: string; COUNT: number }) => AsyncIterable<string[]>;
type MultiGet = (names: string[]) => Promise<(string | null)[]>;

/** SCAN may give a key twice, and one that expires before it is read is not there: both are ordinary. */
async function readAll(prefix: string, scan: Scan, get: MultiGet): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const names of scan({ MATCH: `${prefix}*`, COUNT: 1_000 })) {
    if (names.length === 0) continue;
    const values = await get(names);
    for (const [place, name] of names.entries()) {
      const value = values[place];
      if (typeof value === 'string') found.set(name.slice(prefix.length), value);
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function withHash(texts: Omit<RedisTexts, 'hash'>): RedisTexts {
  if (texts.snapshot === undefined && texts.goals.size === 0 && texts.tasks.size === 0) {
    throw new GoalAgentError(
      'not_found',
      'This Redis database has no keys of v2 (goal_agent:…). They expire after 7 to 30 days; check the database number in the URL.',
    );
  }
  const content = JSON.stringify([texts.snapshot ?? null, [...texts.goals], [...texts.tasks]]);
  return { ...texts, hash: createHash('sha256').update(content).digest('hex') };
}

function unreachable(error: unknown): GoalAgentError {
  const { code, message } = error as { code?: string; message?: string };
  const reply = code ?? /^[A-Z]+/.exec(message ?? '')?.[0] ?? 'no answer';
  return new GoalAgentError(
    'unavailable',
    `Redis cannot be read (${reply}). Check --url: redis://:password@host:6379/0, or rediss:// with TLS. Nothing was imported.`,
  );
}
