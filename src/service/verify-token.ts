import { timingSafeEqual } from 'node:crypto';
import { type Principal, Role, TokenKind } from '../domain/principal.ts';
import { type Database, step } from '../store/database.ts';
import { findToken, noteTokenUse } from '../store/statements/tokens.ts';
import { hashOfToken, readTokenText } from './token-text.ts';

/** Who showed a token that counts; or why it does not. */
export type Verified =
  | { principal: Principal; reason?: never }
  | { principal?: never; reason: 'unknown' | 'expired' | 'revoked' };

/** What was found is believed for so long: a token that is revoked elsewhere ends within this time. */
const believedMs = 1_000;
/** Tokens that are remembered. */
const mostRemembered = 1_000;

interface Remembered {
  until: number;
  verified: Promise<Verified>;
}

/** Tells whose a token is. One for each database: it remembers for a second what it found, and notes when a token is used. */
export class TokenVerifier {
  readonly #database: Database;
  readonly #remembered = new Map<string, Remembered>();
  readonly #notes = new Set<Promise<unknown>>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** @throws GoalAgentError `unavailable` when the database cannot be asked. */
  verify(secret: string): Promise<Verified> {
    const found = readTokenText(secret);
    if (found === undefined || found.workspaceId === 'local') return Promise.resolve({ reason: 'unknown' });
    const hash = hashOfToken(secret);
    const key = hash.toString('hex');
    const known = this.#remembered.get(key);
    if (known !== undefined && known.until > performance.now()) return known.verified;
    const verified = this.#lookUp(found.workspaceId, hash);
    this.#remember(key, verified);
    return verified;
  }

  /** Waits until what was noted is written, or was not to be. */
  async settled(): Promise<void> {
    await Promise.all(this.#notes);
  }

  async #lookUp(workspaceId: number, hash: Buffer): Promise<Verified> {
    const { tokens } = await this.#database.read({
      tokens: step(findToken, { workspaceId, hash: hash.toString('hex') }),
    });
    const [row] = tokens;
    // the index has compared already, and what its time may tell is of a hash, which nobody can choose
    if (row === undefined || !timingSafeEqual(Buffer.from(row.hash, 'hex'), hash)) return { reason: 'unknown' };
    if (row.is_revoked) return { reason: 'revoked' };
    if (row.is_expired) return { reason: 'expired' };
    if (row.is_due) this.#note(workspaceId, row.id);
    const { name, role, kind, workspace, id: tokenId } = row;
    return {
      principal: { name, role: Role.parse(role), kind: TokenKind.parse(kind), workspaceId, workspace, tokenId },
    };
  }

  /** Nobody waits for it, and where it fails (a standby, a database that went away) the call goes on. */
  #note(workspaceId: number, id: string): void {
    const note = this.#database
      .repeat({ noted: step(noteTokenUse, { workspaceId, id }) })
      .catch(() => {})
      .finally(() => this.#notes.delete(note));
    this.#notes.add(note);
  }

  #remember(key: string, verified: Promise<Verified>): void {
    this.#remembered.delete(key);
    this.#remembered.set(key, { until: performance.now() + believedMs, verified });
    // a failure is nothing to be believed
    verified.catch(() => this.#remembered.delete(key));
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > mostRemembered && oldest !== undefined) this.#remembered.delete(oldest);
  }
}
