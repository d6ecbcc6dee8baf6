import { GoalAgentError } from '../domain/errors.ts';
import type { Database } from './database.ts';
import { violatedConstraint } from './failures.ts';
import type { CounterKind } from './numbers.ts';
import { findWorkspace as findStatement } from './statements/find-workspace.ts';
import { insertCounters } from './statements/insert-counters.ts';
import { insertWorkspace } from './statements/insert-workspace.ts';
import { step } from './steps.ts';

export interface Workspace {
  id: number;
  name: string;
}

const counterKinds: CounterKind[] = ['goal', 'task', 'note', 'resource'];

export async function findWorkspace(database: Database, name: string): Promise<Workspace | undefined> {
  const { found } = await database.read({ found: step(findStatement, { name }) });
  return found[0] && { id: found[0].id, name };
}

/** @throws GoalAgentError `not_found` */
export async function getWorkspace(database: Database, name: string): Promise<Workspace> {
  const found = await findWorkspace(database, name);
  if (found !== undefined) return found;
  throw new GoalAgentError(
    'not_found',
    `There is no workspace ${name}. goal-agent workspace list shows those there are; goal-agent workspace create ${name} makes it.`,
  );
}

/** The workspace of this name, made where there is none. */
export async function enterWorkspace(database: Database, name: string): Promise<Workspace> {
  for (;;) {
    const found = (await findWorkspace(database, name)) ?? (await makeWorkspace(database, name));
    if (found === undefined) continue;
    try {
      // always: a process may have been killed between the workspace and its counters
      await database.repeat({ counters: step(insertCounters, { workspaceId: found.id, kinds: counterKinds }) });
      return found;
    } catch (error) {
      // somebody deleted it in this moment
      if (violatedConstraint(error) !== 'counters_workspace_exists') throw error;
    }
  }
}

/** Undefined where it was deleted in the same moment. */
async function makeWorkspace(database: Database, name: string): Promise<Workspace | undefined> {
  await database.repeat({ workspace: step(insertWorkspace, { name }) });
  return findWorkspace(database, name);
}
