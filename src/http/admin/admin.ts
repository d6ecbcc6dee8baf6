import { type Context, Hono } from 'hono';
import { GoalAgentError } from '../../domain/errors.ts';
import type { PoolCall } from '../../service/call.ts';
import { answerOnce } from '../../service/requests.ts';
import { sayingWhatIsSaved } from '../../service/saying-what-is-saved.ts';
import { parseInput } from '../../tools/define/input.ts';
import { onlyForOwnAdmin } from '../guard/own-admin.ts';
import { jsonAnswer } from '../json-answer.ts';
import type { HttpEnv, ServiceParts } from '../parts.ts';
import { argumentsOf, given } from '../rest/arguments.ts';
import { honoPath } from '../rest/routes.ts';
import type { AdminContext, AdminRoute } from './admin-route.ts';
import { finishedGoalRoutes } from './finished-goals.ts';
import { resourceRoutes } from './resources.ts';
import { tokenRoutes } from './tokens.ts';
import { webhookRoutes } from './webhooks.ts';
import { workspaceRoutes } from './workspaces.ts';

const all: readonly AdminRoute[] = [
  ...finishedGoalRoutes,
  ...resourceRoutes,
  ...tokenRoutes,
  ...webhookRoutes,
  ...workspaceRoutes,
];

/** The caller's call can still be made one with a request. */
type OpenContext = AdminContext & { call: PoolCall };

/** What admins may ask for; with GOAL_AGENT_READ_ONLY, only what reads. */
export function adminRoutes({ tools }: Pick<ServiceParts, 'tools'>): readonly AdminRoute[] {
  const isReadOnly = tools.every(({ hints }) => hints.readOnlyHint);
  return isReadOnly ? all.filter(({ method }) => method === 'get') : all;
}

/** REST for those who look after tokens, webhooks, workspaces and what is long finished: docs/decisions/who-may.md. */
export function adminApi(parts: ServiceParts): Hono<HttpEnv> {
  const api = new Hono<HttpEnv>();
  for (const route of adminRoutes(parts)) {
    api.on(route.method.toUpperCase(), honoPath(route.path), (context) => answer(parts, route, context));
  }
  return api;
}

async function answer(parts: ServiceParts, route: AdminRoute, context: Context<HttpEnv>): Promise<Response> {
  if (route.forOperators !== undefined) await onlyForOwnAdmin(context, parts, route.forOperators);
  const places = await given(context);
  if (places.requestId !== undefined && !route.isRepeatable) throw noRepeats(route);
  const input = parseInput(route, argumentsOf({ ...route, tool: route.name }, places));
  return jsonAnswer(await run(route, await contextOf(parts, context), input), route.status);
}

/** Once for each Idempotency-Key, as a tool runs once for each `request_id`. */
function run(
  route: AdminRoute,
  { call, ...context }: OpenContext,
  { request_id: id, ...args }: Record<string, unknown>,
) {
  if (typeof id === 'string')
    return answerOnce(call, { id, tool: route.name, args }, (within) => route.run({ ...context, call: within }, args));
  return sayingWhatIsSaved((saved) => route.run({ ...context, call: { ...call, saved } }, args));
}

async function contextOf(parts: ServiceParts, context: Context<HttpEnv>): Promise<OpenContext> {
  const { agent, program, principal, isPerson } = context.var;
  const { signal } = context.req.raw;
  const [call, own] = await Promise.all([
    parts.openCall({ clientName: agent ?? program, principal, isPerson, signal }),
    parts.openCall({ signal }),
  ]);
  const { tokenId = '', kind = 'agent' } = principal ?? {};
  return {
    ...{ call, own, parts: parts.admin },
    callIn: ({ id: workspaceId, name: workspace }) =>
      parts.openCall({ principal: { name: call.actor, role: 'admin', kind, workspaceId, workspace, tokenId }, signal }),
  };
}

/** A first answer would have to be kept with the secret in it. */
function noRepeats({ name }: AdminRoute): GoalAgentError {
  return new GoalAgentError(
    'invalid',
    `${name} takes no Idempotency-Key, since secrets are kept nowhere. Leave it out; where an answer was lost, list what is there.`,
  );
}
