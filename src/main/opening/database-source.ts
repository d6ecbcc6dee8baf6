import type pg from 'pg';
import { negotiate, placesOf, type ServerConnection } from '../../store/connection.ts';
import { createDatabase } from '../../store/create-database.ts';
import { type DataFolder, rememberFolder } from '../../store/embedded/data-folder.ts';
import { type EmbeddedServer, joinEmbedded } from '../../store/embedded/embedded.ts';
import type { Config } from '../config.ts';

/** The database's name on the embedded server; it is the default of other servers, too. */
export const embeddedDatabase = 'mcp_goals';

/** The place of the database, and the way to it. */
export interface Source {
  kind: 'embedded' | 'server';
  connect(): Promise<pg.ClientConfig>;
  /**
   * @throws GoalAgentError `unavailable` when a change would be lost, because the embedded server's folder was deleted.
   */
  check(): void;
  /** The reason for lost connections at this moment, as a sentence for agents; undefined when it is not known. */
  lossReason(): string | undefined;
  /** For a person, once connected: a host and port, or the folder of the data. */
  where(): string;
  /** Says goodbye: the last client of the machine stops the embedded server. */
  leave(): Promise<void>;
}

export function sourceOf(config: Config, say: (line: string) => void): Source {
  const { database, home, readOnly } = config;
  return database.kind === 'embedded' ? embeddedSource(home, say) : serverSource(database.connection, readOnly);
}

function serverSource(connection: ServerConnection, readOnly: boolean): Source {
  return {
    kind: 'server',
    connect: () => negotiate(connection, { readOnly }),
    check: () => {},
    lossReason: () => undefined,
    where: () => placesOf(connection),
    leave: async () => {},
  };
}

/** Each look for the way joins anew: the server that was there before may have been killed. */
function embeddedSource(home: string, say: (line: string) => void): Source {
  let joined: EmbeddedServer | undefined;
  /** The one folder that this process works with. When it is gone, no new and empty folder takes its place. */
  let folder: DataFolder | undefined;
  let isTold = false;
  return {
    kind: 'embedded',
    async connect() {
      const earlier = joined;
      joined = await joinEmbedded({ home, say, known: folder });
      folder ??= await rememberFolder(joined.dataDirectory);
      await earlier?.leave();
      const { host, port, user, password } = joined;
      const way = { host, port, user, ssl: false, ...(password !== undefined && { password }) };
      await createDatabase({ ...way, database: 'postgres' }, embeddedDatabase);
      return { ...way, database: embeddedDatabase };
    },
    check() {
      try {
        folder?.check();
        isTold = false;
      } catch (error) {
        // the log hears of it once, the caller each time
        if (!isTold) say((error as Error).message);
        isTold = true;
        throw error;
      }
    },
    lossReason: () =>
      folder?.isDiskFull() ? 'The disk that holds the database is full: a person has to make room.' : undefined,
    where: () => joined?.dataDirectory ?? home,
    leave: async () => {
      await joined?.leave();
    },
  };
}
