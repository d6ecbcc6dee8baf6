import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { GoalAgentError } from '../domain/errors.ts';
import type { ConnectionsOptions } from './connections.ts';
import { Database, type StatementRunner } from './database.ts';
import { isConnectionFailure, toGoalAgentError } from './failures.ts';
import { migrate, refuseOlder } from './migrate.ts';
import { type CounterKind, Numbers } from './numbers.ts';
import { findWorkspace } from './statements/find-workspace.ts';
import { insertCounters } from './statements/insert-counters.ts';
import { insertWorkspace } from './statements/insert-workspace.ts';
import { step } from './steps.ts';

/** One workspace of one migrated database: what the service's functions work on. */
export interface Store<D extends StatementRunner = Database> {
  database: D;
  workspaceId: number;
  workspace: string;
  numbers: Numbers;
}

export interface StoreOptions extends ConnectionsOptions {
  workspace: string;
}

/** How often it is tried while the connection is cut in the middle, as by a server that restarts. */
const attemptsOnCut = 4;

/**
 * Finds the server, brings its schema up to date, and finds or makes the workspace. Many processes may do so at once.
 * @throws GoalAgentError `unavailable` when the connection is cut again and again; what the way to the server fails with
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await openOnce(options);
    } catch (error) {
      if (attempt >= attemptsOnCut || !isConnectionFailure(error)) throw toGoalAgentError(error);
      await sleep(attempt * 100);
    }
  }
}

async function openOnce(options: StoreOptions): Promise<Store> {
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
    const workspaceId = await (options.readOnly ? findWorkspaceId : enterWorkspace)(database, options.workspace);
    return { database, workspaceId, workspace: options.workspace, numbers: new Numbers(database, workspaceId) };
  } catch (error) {
    await database.close();
    throw error;
  }
}

const counterKinds: CounterKind[] = ['goal', 'task', 'note'];

async function enterWorkspace(database: Database, name: string): Promise<number> {
  const id = (await findId(database, name)) ?? (await createWorkspace(database, name));
  // always: a process may have been killed between the workspace and its counters
  await database.repeat({ counters: step(insertCounters, { workspaceId: id, kinds: counterKinds }) });
  return id;
}

/** For one who may not write: the workspace has to be there. */
async function findWorkspaceId(database: Database, name: string): Promise<number> {
  const id = await findId(database, name);
  if (id !== undefined) return id;
  throw new GoalAgentError(
    'configuration',
    `The workspace ${name} does not exist, and GOAL_AGENT_READ_ONLY keeps this server from making it. Start it once without.`,
  );
}

async function createWorkspace(database: Database, name: string): Promise<number> {
  await database.repeat({ workspace: step(insertWorkspace, { name }) });
  const id = await findId(database, name);
  if (id === undefined) throw new Error(`workspace ${name} was not created`);
  return id;
}

async function findId(database: Database, name: string): Promise<number | undefined> {
  const { found } = await database.read({ found: step(findWorkspace, { name }) });
  return found[0]?.id;
}
