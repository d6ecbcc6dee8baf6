import { createClient } from 'redis';

/** Where Redis is. */
export interface RedisAddress {
  host: string;
  port: number;
  database: number;
  user?: string | undefined;
  password?: string | undefined;
  tls: boolean;
}

export type Client = ReturnType<typeof makeClient>;

/** Not connected yet. */
export function makeClient({ host, port, database, user, password, tls }: RedisAddress) {
  return createClient({
    RESP: 2,
    // a lost connection is sought every 0.8 s at least: see `settleMs`
    socket: {
      host,
      port,
      ...(tls && { tls }),
      connectTimeout: 600,
      reconnectStrategy: () => 100 + 100 * Math.random(),
    },
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
