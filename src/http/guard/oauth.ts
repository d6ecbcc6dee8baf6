import { createRemoteJWKSet, customFetch, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { z } from 'zod';
import { GoalAgentError } from '../../domain/errors.ts';
import type { Role } from '../../domain/principal.ts';
import { unstorable } from '../../domain/text.ts';

/** Who gives the tokens of people and agents, and what their tokens must say. */
export interface OAuthSettings {
  issuer: URL;
  /** What the tokens must be made for: this service, by its URL. */
  audience: string;
  /** The scopes that make a reader, a writer and an admin. */
  scopes: Record<Role, string>;
}

/** Who showed a token of the issuer. */
export interface OAuthIdentity {
  /** The token's subject. */
  name: string;
  role: Role;
}

export type OAuthVerified = { identity: OAuthIdentity; reason?: never } | { identity?: never; reason: string };

const discoveryMs = 5_000;
/** An issuer that could not be asked is asked again after a while. */
const againAfterMs = 5_000;
/** Signatures that nobody else than the issuer can make. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

const Metadata = z.object({ issuer: z.string(), jwks_uri: z.url() });

/** Checks the tokens of one issuer, with the keys that it publishes. */
export class OAuthVerifier {
  readonly #settings: OAuthSettings;
  #keys: Promise<JWTVerifyGetKey> | undefined;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(settings: OAuthSettings) {
    this.#settings = settings;
  }

  /** @throws GoalAgentError `unavailable` where the issuer cannot be asked for its keys. */
  async verify(token: string): Promise<OAuthVerified> {
    const { issuer, audience } = this.#settings;
    try {
      const { payload } = await jwtVerify(token, await this.#keysOfIssuer(), {
        issuer: [trimmed(issuer), `${trimmed(issuer)}/`],
        audience: [audience, audience.replace(/\/$/, ''), `${audience.replace(/\/$/, '')}/`],
        algorithms,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: 30,
      });
      return this.#identityOf(payload);
    } catch (error) {
      const reason = reasonOf(error);
      if (reason !== undefined) return { reason };
      throw new GoalAgentError(
        'unavailable',
        'The issuer of the token cannot be asked for its keys. Try again later.',
        {
          cause: error,
        },
      );
    }
  }

  #identityOf({ sub = '', scope, scp }: JWTPayload): OAuthVerified {
    if (sub === '' || sub.length > 100 || unstorable(sub) !== undefined) {
      return { reason: 'The subject of this token cannot stand in the history.' };
    }
    const given = new Set(Array.isArray(scp) ? scp : String(scope ?? scp ?? '').split(' '));
    const { scopes } = this.#settings;
    const role = (['admin', 'writer', 'reader'] as const).find((each) => given.has(scopes[each]));
    if (role !== undefined) return { identity: { name: sub, role } };
    return { reason: `This token has none of the scopes ${Object.values(scopes).join(', ')}.` };
  }

  /** The keys are looked for once, and again after a failure. */
  #keysOfIssuer(): Promise<JWTVerifyGetKey> {
    if (this.#keys === undefined) {
      if (performance.now() - this.#failedAt < againAfterMs) throw new Error('the issuer was away a moment ago');
      this.#keys = discover(this.#settings.issuer);
      this.#keys.catch(() => {
        this.#keys = undefined;
        this.#failedAt = performance.now();
      });
    }
    return this.#keys;
  }
}

/** The issuer says where its keys are (RFC 8414, or OpenID Connect Discovery). */
async function discover(issuer: URL): Promise<JWTVerifyGetKey> {
  const path = issuer.pathname.replace(/\/$/, '');
  const places = [
    `${issuer.origin}/.well-known/oauth-authorization-server${path}`,
    `${trimmed(issuer)}/.well-known/openid-configuration`,
  ];
  for (const place of places) {
    const response = await fetch(place, { signal: AbortSignal.timeout(discoveryMs), redirect: 'error' });
    if (!response.ok) continue;
    const metadata = Metadata.parse(await response.json());
    if (metadata.issuer.replace(/\/$/, '') !== trimmed(issuer)) throw new Error('the metadata are of another issuer');
    return createRemoteJWKSet(new URL(metadata.jwks_uri), {
      timeoutDuration: discoveryMs,
      [customFetch]: (url, options) => fetch(url, { ...options, redirect: 'error' }),
    });
  }
  throw new Error('the issuer publishes no metadata');
}

/** Why the token does not count, or undefined where that is not known. */
function reasonOf(error: unknown): string | undefined {
  if (error instanceof errors.JWTExpired) return 'This token has expired.';
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.claim === 'aud'
      ? 'This token is for another service.'
      : `The claim ${error.claim} of this token is wrong.`;
  }
  const isTokens =
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSNoMatchingKey;
  return isTokens ? 'This token is not of the issuer.' : undefined;
}

function trimmed(url: URL): string {
  return url.href.replace(/\/$/, '');
}

/** Where clients learn who gives tokens for this service (RFC 9728). */
export function resourceMetadata({ issuer, audience, scopes }: OAuthSettings): Record<string, unknown> {
  return {
    resource: audience,
    authorization_servers: [trimmed(issuer)],
    scopes_supported: Object.values(scopes),
    bearer_methods_supported: ['header'],
    resource_name: 'Goal Agent',
  };
}
