/** Where Redis is. */
export interface RedisAddress {
  host: string;
  port: number;
  database: number;
  user?: string | undefined;
  password?: string | undefined;
  tls: boolean;
}

/** A lost connection is sought at least this often, in all: see `settleMs` in link.ts. */
const connectMs = 600;
const pauseMs = { least: 100, random: 100 };

export type Client = Awaited<ReturnType<typeof makeClient>>;

/** Not connected yet. The library is loaded here, so that those who have no cache never pay for it. */
export async function makeClient({ host, port, database, user, password, tls }: RedisAddress) {
  const { createClient } = await import('./redis.ts');
  return createClient({
    RESP: 2,
    socket: { host, port, ...(tls && { tls }), connectTimeout: connectMs, reconnectStrategy },
    database,
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
    // what cannot be sent now is of no use later
    disableOfflineQueue: true,
    commandsQueueMaxLength: 10_000,
    // keeps an idle connection from being forgotten on its way, and finds one that is dead
    pingInterval: 10_000,
    maintNotifications: 'disabled',
  });
}

function reconnectStrategy(): number {
  return pauseMs.least + Math.random() * pauseMs.random;
}
