import { v7 as uuidv7 } from 'uuid';
import { GoalAgentError } from '../domain/errors.ts';
import { allowedName, nameForm } from '../domain/names.ts';
import { named } from '../domain/stored-text.ts';
import { type Database, type Run, step } from '../store/database.ts';
import { violatedConstraint } from '../store/failures.ts';
import { countWholeWorkspace } from '../store/statements/count-workspace.ts';
import { findWorkspaceById } from '../store/statements/find-workspace-by-id.ts';
import { listWorkspaces as listStatement } from '../store/statements/list-workspaces.ts';
import { lockGraphExclusive } from '../store/statements/lock-graph.ts';
import {
  lockGoalsOfWorkspace,
  lockTasksOfWorkspace,
  lockWorkspaceExclusive,
} from '../store/statements/lock-workspace.ts';
import {
  removeClaims,
  removeCounters,
  removeDependencies,
  removeEvents,
  removeGoalLabels,
  removeGoalRepos,
  removeGoals,
  removeGoalWords,
  removeHistoryArchives,
  removeImports,
  removeNotes,
  removeNoteWords,
  removeOperations,
  removeReadyStarts,
  removeResources,
  removeTaskLabels,
  removeTasks,
  removeTaskWords,
  removeTemplates,
  removeTokens,
  removeWebhooks,
  removeWorkspace,
} from '../store/statements/remove-workspace.ts';
import { renameWorkspace as renameStatement } from '../store/statements/rename-workspace.ts';
import { lockResources } from '../store/statements/resources.ts';
import { listTemplates } from '../store/statements/templates.ts';
import { listTokens } from '../store/statements/tokens.ts';
import { enterWorkspace, findWorkspace, getWorkspace, type Workspace } from '../store/workspaces.ts';

// For whoever has the database itself: a token is one workspace's, and its bearer learns of no other.

/** Tables that others refer to come after these, so that no row is looked for once more by a foreign key that cascades. */
const removals = [
  ...[
    removeReadyStarts,
    removeTaskLabels,
    removeGoalLabels,
    removeGoalRepos,
    removeGoalWords,
    removeTaskWords,
    removeNoteWords,
    removeClaims,
    removeDependencies,
    removeNotes,
  ],
  ...[removeTasks, removeGoals, removeEvents, removeOperations, removeHistoryArchives, removeImports, removeTokens],
  ...[removeWebhooks, removeResources, removeTemplates, removeCounters],
  removeWorkspace,
];

/** What every function here works on. */
export interface Workspaces {
  database: Database;
  /** Takes out of the cache what others have kept of a workspace that was deleted, where there is a cache. */
  forget?(workspace: Workspace): Promise<void>;
}

/** A workspace, and how much it holds. */
export interface WorkspaceSummary {
  id: number;
  name: string;
  goals: number;
  tasks: number;
  openTasks: number;
  templates: number;
  /** Those that are not revoked. */
  tokens: number;
  createdAt: string;
}

/** All workspaces, the oldest first. */
export async function listWorkspaces({ database }: Workspaces): Promise<WorkspaceSummary[]> {
  const { workspaces } = await database.read({ workspaces: step(listStatement, {}) });
  const summaries: WorkspaceSummary[] = [];
  for (const row of workspaces) summaries.push(await summaryOf(database, row));
  return summaries;
}

/** @throws GoalAgentError `not_found`. */
export async function getWorkspaceSummary({ database }: Workspaces, name: string): Promise<WorkspaceSummary> {
  const { id: workspaceId } = await getWorkspace(database, checked(name));
  const { found } = await database.read({ found: step(findWorkspaceById, { workspaceId }) });
  const [row] = found;
  if (row === undefined) throw new GoalAgentError('not_found', `The workspace ${name} was deleted in this moment.`);
  return summaryOf(database, row);
}

async function summaryOf(
  database: Database,
  { id: workspaceId, name, created_at }: Workspace & { created_at: string },
): Promise<WorkspaceSummary> {
  const { counts, templates, tokens } = await database.read({
    counts: step(countWholeWorkspace, { workspaceId }),
    templates: step(listTemplates, { workspaceId, after: '', limit: 1 }),
    tokens: step(listTokens, { workspaceId }),
  });
  const [counted] = counts;
  return {
    id: workspaceId,
    name,
    goals: counted?.goals ?? 0,
    tasks: counted?.tasks ?? 0,
    openTasks: counted?.open_tasks ?? 0,
    templates: templates[0]?.total ?? 0,
    tokens: tokens.filter((token) => token.revoked_at === null).length,
    createdAt: created_at,
  };
}

/** @throws GoalAgentError `invalid` for a name that a workspace cannot have, `conflict` where there is one of this name. */
export async function createWorkspace({ database }: Workspaces, name: string): Promise<Workspace> {
  if ((await findWorkspace(database, checked(name))) !== undefined) throw nameTaken(name);
  return enterWorkspace(database, name);
}

/**
 * Gives a workspace another name. Whoever has it open goes on with it.
 *
 * @throws GoalAgentError `not_found`; `invalid` for a name that a workspace cannot have; `conflict` where one has it.
 */
export async function renameWorkspace({ database }: Workspaces, from: string, to: string): Promise<void> {
  const { id: workspaceId } = await getWorkspace(database, checked(from));
  const rename = database.repeat({ renamed: step(renameStatement, { workspaceId, name: checked(to) }) });
  await rename.catch((error) => {
    throw violatedConstraint(error) === 'workspaces_name_unique' ? nameTaken(to) : error;
  });
}

/**
 * Deletes a workspace with all that is in it. `keep` is run in the same transaction, when nobody can change a row of it any
 * more: what `keep` reads is what is deleted, and where `keep` fails nothing is.
 *
 * @throws GoalAgentError `not_found`; what `keep` throws.
 */
export async function deleteWorkspace<T>(
  { database, forget }: Workspaces,
  name: string,
  keep: (run: Run, workspaceId: number) => Promise<T>,
): Promise<T> {
  const { id: workspaceId } = await getWorkspace(database, checked(name));
  let kept: { result: T } | undefined;
  const result = await database.change(
    { workspaceId, id: uuidv7() },
    async (run) => {
      const params = { workspaceId };
      await run({
        resources: step(lockResources, params),
        workspace: step(lockWorkspaceExclusive, params),
        graph: step(lockGraphExclusive, params),
      });
      await run({ tasks: step(lockTasksOfWorkspace, params), goals: step(lockGoalsOfWorkspace, params) });
      const { found } = await run({ found: step(findWorkspaceById, params) });
      if (found.length === 0) {
        // the answer to the commit of an earlier try was lost
        if (kept !== undefined) return kept.result;
        throw new GoalAgentError('not_found', `The workspace ${name} was deleted by somebody else in this moment.`);
      }
      kept = { result: await keep(run, workspaceId) };
      for (const statement of removals) await run({ removed: step(statement, params) });
      return kept.result;
    },
    { isPatient: true },
  );
  await forget?.({ id: workspaceId, name });
  return result;
}

function checked(name: string): string {
  if (nameForm.test(name)) return name;
  throw new GoalAgentError('invalid', `${named(name, 80)} is no name of a workspace; allowed: ${allowedName}.`);
}

function nameTaken(name: string): GoalAgentError {
  return new GoalAgentError('conflict', `There is a workspace ${name} already. Choose another name.`);
}
