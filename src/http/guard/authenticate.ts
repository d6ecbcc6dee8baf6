import type { Context, MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import { unstorable } from '../../domain/text.ts';
import type { HttpEnv, ServiceParts } from '../parts.ts';
import { problemResponse } from '../problem.ts';

/** Where a client finds who gives tokens (RFC 9728), for a request that came; undefined where nobody else does. */
type ChallengeOf = (requestUrl: string) => string | undefined;

/** Where a browser keeps its session. Only /api gets it. */
export const sessionCookie = 'goal_agent_session';

/** Lets in whoever shows a token or a session, as the principal whose token it is. */
export function authenticate(
  parts: Pick<ServiceParts, 'identify'>,
  challengeOf: ChallengeOf,
): MiddlewareHandler<HttpEnv> {
  return async (context, next) => {
    const bearer = bearerToken(context.req.header('authorization'));
    const token = bearer ?? sessionOf(context);
    if (token === undefined) return unauthenticated(challengeOf(context.req.url), undefined);
    if (bearer === undefined && isForged(context)) return forged();
    const identified = await parts.identify(token);
    if (identified.kind === 'refused') return unauthenticated(challengeOf(context.req.url), identified.reason);
    context.set('principal', identified.kind === 'principal' ? identified.principal : undefined);
    context.set('token', token);
    const named = identified.kind === 'local' ? identified.name : undefined;
    context.set('agent', named ?? nameIn(context.req.header('x-agent-name')));
    context.set('isPerson', identified.kind === 'local' && identified.isPerson === true);
    context.set('program', nameIn(context.req.header('user-agent')?.split(/[/\s]/)[0]));
    return next();
  };
}

function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +([\x21-\x7e]{1,4096}) *$/i.exec(header ?? '')?.[1];
}

function sessionOf(context: Context<HttpEnv>): string | undefined {
  return context.req.path.startsWith('/api/') ? getCookie(context, sessionCookie) : undefined;
}

/** A browser sends the cookie by itself; only a page of ours may add a header of its own. */
function isForged({ req }: Context<HttpEnv>): boolean {
  return req.method !== 'GET' && req.method !== 'HEAD' && req.header('x-goal-agent') !== 'board';
}

function forged(): Response {
  return problemResponse({
    status: 403,
    code: 'forged',
    detail: 'A change with the cookie of a session needs the header X-Goal-Agent: board.',
  });
}

function unauthenticated(resourceMetadata: string | undefined, reason: string | undefined): Response {
  const parts = [
    'Bearer realm="goal-agent"',
    ...(reason === undefined ? [] : ['error="invalid_token"', `error_description="${reason}"`]),
    ...(resourceMetadata === undefined ? [] : [`resource_metadata="${resourceMetadata}"`]),
  ];
  return problemResponse({
    status: 401,
    code: 'unauthenticated',
    detail:
      reason === undefined
        ? 'A token is missing. Send the header Authorization: Bearer …; goal-agent token create makes a token.'
        : `${reason} goal-agent token create makes a token.`,
    headers: { 'www-authenticate': parts.join(', ') },
  });
}

/** A name that history may show; undefined where the text is none. */
export function nameIn(header: string | undefined): string | undefined {
  const name = header?.trim();
  return name === undefined || name === '' || unstorable(name) !== undefined ? undefined : name.slice(0, 80);
}
