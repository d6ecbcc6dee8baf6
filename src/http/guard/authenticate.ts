import type { MiddlewareHandler } from 'hono';
import { unstorable } from '../../domain/text.ts';
import type { HttpEnv, ServiceParts } from '../parts.ts';
import { problemResponse } from '../problem.ts';

/** Where a client finds who gives tokens (RFC 9728), for a request that came; undefined where nobody else does. */
type ChallengeOf = (requestUrl: string) => string | undefined;

/** Lets in whoever shows a token, as the principal whose token it is. */
export function authenticate(
  parts: Pick<ServiceParts, 'identify'>,
  challengeOf: ChallengeOf,
): MiddlewareHandler<HttpEnv> {
  return async (context, next) => {
    const token = bearerToken(context.req.header('authorization'));
    if (token === undefined) return unauthenticated(challengeOf(context.req.url), undefined);
    const identified = await parts.identify(token);
    if (identified.kind === 'refused') return unauthenticated(challengeOf(context.req.url), identified.reason);
    context.set('principal', identified.kind === 'principal' ? identified.principal : undefined);
    context.set('token', token);
    context.set('agent', nameIn(context.req.header('x-agent-name')));
    context.set('program', nameIn(context.req.header('user-agent')?.split(/[/\s]/)[0]));
    return next();
  };
}

function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +([\x21-\x7e]{1,4096}) *$/i.exec(header ?? '')?.[1];
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

function nameIn(header: string | undefined): string | undefined {
  const name = header?.trim();
  return name === undefined || name === '' || unstorable(name) !== undefined ? undefined : name.slice(0, 80);
}
