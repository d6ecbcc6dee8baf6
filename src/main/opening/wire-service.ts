import { GoalAgentError } from '../../domain/errors.ts';
import { type OAuthSettings, OAuthVerifier } from '../../http/guard/oauth.ts';
import type { AdminParts, Identified, Readiness, ServiceParts } from '../../http/parts.ts';
import { TokenVerifier } from '../../service/verify-token.ts';
import { readWorkspaceState } from '../../service/workspace-state.ts';
import type { Store } from '../../store/store.ts';
import { isLocalToken } from '../local-token.ts';
import type { Log } from '../log.ts';
import type { Wired } from './wire.ts';

/** A probe of an orchestrator waits no longer than this. */
const readinessMs = 2_000;

const refusals = {
  unknown: 'This token is not known here.',
  expired: 'This token has expired.',
  revoked: 'This token was revoked.',
};

interface ServiceNeeds {
  admin: AdminParts;
  log: Log;
  localToken: string;
  oauth: OAuthSettings | undefined;
  webhookFailures(): number;
}

/** The parts that the service needs beside those of every face. This user's own programs show `localToken`. */
export function serviceParts(wired: Wired, needs: ServiceNeeds): ServiceParts {
  const { admin, log, localToken, oauth, webhookFailures } = needs;
  let verifier: { database: Store['database']; tokens: TokenVerifier } | undefined;
  const tokensOf = ({ database }: Store) => {
    if (verifier?.database !== database) verifier = { database, tokens: new TokenVerifier(database) };
    return verifier.tokens;
  };
  const issuer = oauth && new OAuthVerifier(oauth);
  return {
    ...wired,
    async identify(token): Promise<Identified> {
      if (isLocalToken(token, localToken)) return { kind: 'local' };
      const { store } = await wired.openCall({});
      if (issuer !== undefined && !token.startsWith('gat_')) {
        const { identity, reason } = await issuer.verify(token);
        if (identity === undefined) return { kind: 'refused', reason };
        const { workspaceId, workspace } = store;
        // a name that a token of ours has is that token's in the history
        const name = `${identity.name}@${oauth?.issuer.hostname}`;
        return {
          kind: 'principal',
          principal: { ...identity, kind: 'agent', name, workspaceId, workspace, tokenId: `oauth:${name}` },
        };
      }
      const { principal, reason } = await tokensOf(store).verify(token);
      return principal === undefined ? { kind: 'refused', reason: refusals[reason] } : { kind: 'principal', principal };
    },
    async readiness(): Promise<Readiness> {
      try {
        const signal = AbortSignal.timeout(readinessMs);
        await readWorkspaceState(await wired.openCall({ signal }));
        return { ready: true };
      } catch (error) {
        const isStarting = error instanceof GoalAgentError && error.code === 'cancelled';
        if (isStarting) return { ready: false, reason: 'The database is still starting.', isStarting };
        return { ready: false, reason: error instanceof Error ? error.message : 'The database does not answer.' };
      }
    },
    observe: ({ trace, tool, outcome, seconds }) => {
      // who follows a call through several programs looks for it here
      if (trace !== undefined) log.info({ trace, tool, outcome, seconds }, `call of ${tool}`);
    },
    webhookFailures,
    admin,
    noticeProtocolError: (error) => log.warn({ err: error }, 'protocol error'),
  };
}
