import { z } from 'zod';
import { GoalAgentError } from '../../domain/errors.ts';
import { nameProblem } from '../../domain/principal.ts';
import { named } from '../../domain/stored-text.ts';
import { text } from '../../domain/text.ts';
import { createToken } from '../../service/tokens.ts';
import {
  createWorkspace,
  getWorkspaceSummary,
  listWorkspaces,
  renameWorkspace,
  type WorkspaceSummary,
} from '../../service/workspaces.ts';
import { WorkspaceAnswer, workspaceAnswer } from '../../tools/answers/admin-answers.ts';
import { type AdminContext, defineRoute } from './admin-route.ts';

/** All workspaces, for those who look after the service. They learn how much each holds, and nothing of what is in it. */
export const workspaceRoutes = [
  defineRoute({
    method: 'get',
    path: '/workspaces',
    name: 'list_workspaces',
    description: 'All workspaces, and how much each holds.',
    input: z.strictObject({}),
    output: z.strictObject({ workspaces: z.array(WorkspaceAnswer) }),
    forOperators: 'see workspaces',
    run: async ({ own }) => ({ workspaces: (await listWorkspaces(own.store)).map(workspaceAnswer) }),
  }),
  defineRoute({
    method: 'post',
    path: '/workspaces',
    status: 201,
    name: 'create_workspace',
    description:
      'A new and empty workspace; with admin_token, also the first token of it, whose secret is shown this once.',
    input: z.strictObject({
      name: text(),
      admin_token: text().optional().describe('the name of an admin’s token to be made in it'),
    }),
    output: WorkspaceAnswer.extend({ secret: z.string().optional().describe('of the token; shown this once') }),
    forOperators: 'make workspaces',
    async run({ own, callIn }, { name, admin_token: tokenName }) {
      // looked at before the workspace is made: nobody else could make its first token over HTTP
      const problem = tokenName === undefined ? undefined : nameProblem(tokenName);
      if (problem !== undefined)
        throw new GoalAgentError('invalid', `The name ${named(tokenName ?? '', 80)} ${problem}.`);
      const made = await createWorkspace(own.store, name);
      const token =
        tokenName === undefined ? undefined : await createToken(await callIn(made), { name: tokenName, role: 'admin' });
      const summary = await getWorkspaceSummary(own.store, name);
      return { ...workspaceAnswer(summary), ...(token !== undefined && { secret: token.secret }) };
    },
  }),
  defineRoute({
    method: 'patch',
    path: '/workspaces/{workspace}',
    name: 'rename_workspace',
    description: 'Gives a workspace another name. Its tokens stay as they are.',
    input: z.strictObject({ workspace: text(), name: text().describe('the new name') }),
    output: WorkspaceAnswer,
    forOperators: 'rename workspaces',
    async run(context, { workspace, name }) {
      await getOther(context, workspace, 'renamed');
      const { store } = context.own;
      await renameWorkspace(store, workspace, name);
      return workspaceAnswer(await getWorkspaceSummary(store, name));
    },
  }),
  defineRoute({
    method: 'delete',
    path: '/workspaces/{workspace}',
    name: 'delete_workspace',
    description:
      'Writes all that a workspace holds to a file on the server, and then deletes the workspace with its tokens and webhooks.',
    input: z.strictObject({ workspace: text(), confirm: text().describe('the name again') }),
    output: z.strictObject({
      deleted: WorkspaceAnswer,
      file: z.string().describe('the name of the file, in the folder exports of the GOAL_AGENT_HOME of the server'),
    }),
    forOperators: 'delete workspaces',
    async run(context, { workspace, confirm }) {
      const summary = await getOther(context, workspace, 'deleted');
      if (confirm !== workspace) {
        throw new GoalAgentError(
          'invalid',
          `confirm does not say ${workspace}; nothing was exported or deleted. Repeat the name of the workspace there.`,
        );
      }
      const file = await context.parts.deleteWorkspace(workspace, context.call.actor);
      return { deleted: workspaceAnswer(summary), file };
    },
  }),
];

/** The service goes on with its own workspace, under the name that its settings say. */
async function getOther({ own }: AdminContext, name: string, change: string): Promise<WorkspaceSummary> {
  const summary = await getWorkspaceSummary(own.store, name);
  if (summary.id !== own.store.workspaceId) return summary;
  throw new GoalAgentError(
    'conflict',
    `${name} is the workspace of this service itself, and is not ${change} while it runs. Stop the service first, and use goal-agent workspace.`,
  );
}
