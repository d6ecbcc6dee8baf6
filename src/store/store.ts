import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { GoalAgentError } from '../domain/errors.ts';
import type { ConnectionsOptions } from './connections.ts';
import { Database, type StatementRunner } from './database.ts';
import { isConnectionFailure, toGoalAgentError } from './failures.ts';
import { migrate, refuseOlder } from './migrate.ts';
import { Numbers } from './numbers.ts';
import { enterWorkspace, findWorkspace, getWorkspace } from './workspaces.ts';

/** One workspace of one migrated database: what the service's functions work on. */
export interface Store<D extends StatementRunner = Database> {
  database: D;
  workspaceId: number;
  workspace: string;
  numbers: Numbers;
}

export interface StoreOptions extends ConnectionsOptions {
  workspace: string;
  /** Whether a workspace that does not exist is refused. Otherwise it is made, where anything may be written. */
  mustExist?: boolean;
}

/** How often it is tried while the connection is cut in the middle, as by a server that restarts. */
const attemptsOnCut = 4;

/**
 * Finds the server, brings its schema up to date, and finds or makes the workspace. Many processes may do so at once.
 * @throws GoalAgentError `unavailable` when the connection is cut again and again; what the way to the server fails with
 */
export function openStore(options: StoreOptions): Promise<Store> {
  return open(options, async (database) => {
    const { workspace, readOnly, mustExist } = options;
    const find = readOnly ? findForReading : mustExist ? getWorkspace : enterWorkspace;
    const { id: workspaceId } = await find(database, workspace);
    return { database, workspaceId, workspace, numbers: new Numbers(database, workspaceId) };
  });
}

/**
 * Finds the server and brings its schema up to date.
 * @throws GoalAgentError as openStore
 */
export function openDatabase(options: ConnectionsOptions): Promise<Database> {
  return open(options, async (database) => database);
}

/** Opens the database for `work`, and closes it where that fails. What was cut in the middle is begun anew. */
async function open<T>(options: ConnectionsOptions, work: (database: Database) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await openOnce(options, work);
    } catch (error) {
      if (attempt >= attemptsOnCut || !isConnectionFailure(error)) throw toGoalAgentError(error);
      await sleep(attempt * 100);
    }
  }
}

async function openOnce<T>(options: ConnectionsOptions, work: (database: Database) => Promise<T>): Promise<T> {
  // the way that migrations go by is also the pool's first
  let found: pg.ClientConfig | undefined = await options.connect();
  if (options.readOnly) await refuseOlder(found);
  else await migrate(found);
  const connect = async () => {
    const way = found ?? (await options.connect());
    found = undefined;
    return way;
  };
  const database = new Database({ ...options, connect });
  try {
    return await work(database);
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** For one who may not write: the workspace has to be there. */
async function findForReading(database: Database, name: string): Promise<{ id: number }> {
  const found = await findWorkspace(database, name);
  if (found !== undefined) return found;
  throw new GoalAgentError(
    'configuration',
    `The workspace ${name} does not exist, and GOAL_AGENT_READ_ONLY keeps this server from making it. Start it once without.`,
  );
}
