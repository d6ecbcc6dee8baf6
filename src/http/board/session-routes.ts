import { type Context, Hono } from 'hono';
import { deleteCookie, setCookie } from 'hono/cookie';
import { z } from 'zod';
import { GoalAgentError } from '../../domain/errors.ts';
import { nameIn, sessionCookie } from '../guard/authenticate.ts';
import { readBody, readJsonBody } from '../json-body.ts';
import type { HttpEnv, ServiceParts } from '../parts.ts';
import { problemResponse } from '../problem.ts';
import { codeSeconds, type Sessions, sessionSeconds } from './sessions.ts';

const Opening = z.union([
  z.strictObject({ code: z.string().max(200) }),
  z.strictObject({ token: z.string().max(4096) }),
]);
const CodeFor = z.strictObject({ name: z.string().optional(), person: z.boolean().optional() });

interface SessionParts {
  parts: Pick<ServiceParts, 'identify' | 'facts' | 'tools'>;
  sessions: Sessions;
  /** The host under which browsers reach the service by https, if any. */
  secureHost: string | undefined;
}

/** Opens a session in a browser: with a code of `goal-agent dashboard`, or with a token. It is asked without one. */
export function openSession({ parts, sessions, secureHost }: SessionParts) {
  return answered(async (context) => {
    const opening = Opening.safeParse(readJsonBody(await readBody(context.req)));
    if (!opening.success) throw new GoalAgentError('invalid', 'Send a code of goal-agent dashboard, or a token.');
    const given = opening.data;
    if ('code' in given) {
      const session = sessions.exchange(given.code);
      if (session === undefined) {
        return refused('This link was used already or is older than a minute. Run goal-agent dashboard again.');
      }
      return keep(context, session, secureHost);
    }
    const token = given.token.trim();
    const identified = await parts.identify(token);
    if (identified.kind === 'refused') return refused(`${identified.reason} goal-agent token create makes a token.`);
    // the cookie of a token's holder is the token itself: it ends when the token does, whichever service is asked
    const isLocal = identified.kind === 'local';
    return keep(context, isLocal ? sessions.sign({ name: identified.name ?? 'local' }) : token, secureHost);
  });
}

/** The other routes of sessions, for callers who are let in. */
export function sessionRoutes({ parts, sessions, secureHost }: SessionParts): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  // as GOAL_AGENT_READ_ONLY leaves it
  const isReadOnly = parts.tools.every(({ hints }) => hints.readOnlyHint);
  routes.get(
    '/',
    answered(async (context) => {
      const { principal, agent, isPerson, token } = context.var;
      // a page that is looked at stays signed in
      const local = sessions.read(token);
      if (local !== undefined) keep(context, sessions.sign(local), secureHost);
      const { version, config } = parts.facts();
      return context.json({
        name: principal?.name ?? agent ?? 'local',
        role: isReadOnly ? 'reader' : (principal?.role ?? 'admin'),
        is_person: principal === undefined ? isPerson : principal.kind === 'person',
        workspace: principal?.workspace ?? config.workspace,
        version,
      });
    }),
  );
  routes.post(
    '/codes',
    answered(async (context) => {
      const { principal, token } = context.var;
      if (principal !== undefined || sessions.read(token) !== undefined) {
        throw new GoalAgentError('forbidden', 'A code is made with the local token alone, by goal-agent dashboard.');
      }
      const body = CodeFor.safeParse(readJsonBody(await readBody(context.req)) ?? {});
      if (!body.success) throw new GoalAgentError('invalid', 'Send the name of the person, or nothing.');
      const name = nameIn(body.data.name) ?? 'local';
      return context.json(
        { code: sessions.newCode({ name, isPerson: body.data.person }), expires_in_seconds: codeSeconds },
        201,
      );
    }),
  );
  routes.delete('/', (context) => {
    deleteCookie(context, sessionCookie, { path: '/api' });
    return context.body(null, 204);
  });
  return routes;
}

function keep(context: Context<HttpEnv>, value: string, secureHost: string | undefined): Response {
  setCookie(context, sessionCookie, value, {
    path: '/api',
    httpOnly: true,
    sameSite: 'Strict',
    secure: secureHost !== undefined && context.req.header('host') === secureHost,
    maxAge: sessionSeconds,
  });
  return context.body(null, 204);
}

function refused(detail: string): Response {
  return problemResponse({ status: 401, code: 'unauthenticated', detail });
}

function answered(handle: (context: Context<HttpEnv>) => Promise<Response>) {
  return async (context: Context<HttpEnv>) => {
    context.header('cache-control', 'no-store');
    return handle(context);
  };
}
