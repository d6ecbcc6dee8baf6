import { v7 as uuidv7 } from 'uuid';
import { GoalAgentError } from '../domain/errors.ts';
import { nameForm } from '../domain/names.ts';
import { nameProblem, Role, TokenKind } from '../domain/principal.ts';
import { named } from '../domain/stored-text.ts';
import { step } from '../store/database.ts';
import { violatedConstraint } from '../store/failures.ts';
import type { Row } from '../store/statement.ts';
import {
  findTokenById,
  findTokenByName,
  insertToken,
  listTokens as listStatement,
  revokeToken as revokeStatement,
  rotateToken as rotateStatement,
} from '../store/statements/tokens.ts';
import { type Call, change, read, transact } from './call.ts';
import { requirePerson, requireRole } from './caller.ts';
import { hashOfToken, newTokenText } from './token-text.ts';

/** A token without its secret, which nobody has but its bearer. */
export interface Token {
  id: string;
  name: string;
  role: Role;
  kind: TokenKind;
  state: 'active' | 'expired' | 'revoked';
  createdAt: string;
  createdBy: string;
  expiresAt: string | null;
  revokedAt: string | null;
  /** To the minute. */
  lastUsedAt: string | null;
}

/** A token that was just made: the one time that its secret is shown. */
export interface NewToken {
  secret: string;
  token: Token;
}

/** A hundred years: past it a date is no longer meant. */
export const longestTokenSeconds = 36_525 * 86_400;

/**
 * @throws GoalAgentError `forbidden` for who is no admin, or an agent that makes the token of a person; `invalid` for a name that a token cannot have; `conflict` when a
 *   token that is not revoked has the name.
 */
export async function createToken(
  call: Call,
  {
    name,
    role,
    kind = 'agent',
    expiresInSeconds,
  }: { name: string; role: Role; kind?: TokenKind | undefined; expiresInSeconds?: number | undefined },
): Promise<NewToken> {
  requireRole(call, 'admin', 'make tokens');
  if (kind === 'person') requirePerson(call, 'make a token of a person');
  const problem = nameProblem(name);
  if (problem !== undefined) throw new GoalAgentError('invalid', `The name ${named(name, 80)} ${problem}.`);
  return make(call, name, (made) =>
    change(call, () => ({
      tokens: step(insertToken, { ...made, name, role, kind, expiresInSeconds: expiresInSeconds ?? null }),
    })),
  );
}

/** All tokens of the workspace, those that were revoked too, the newest last. */
export async function listTokens(call: Call): Promise<Token[]> {
  requireRole(call, 'admin', 'see tokens');
  const { tokens } = await read(call, { tokens: step(listStatement, { workspaceId: call.store.workspaceId }) });
  return tokens.map(tokenOf);
}

/** Ends a token: from a second later on nobody gets in with it. */
export async function revokeToken(call: Call, name: string): Promise<Token> {
  requireRole(call, 'admin', 'revoke tokens');
  const { id } = await getToken(call, name);
  const { workspaceId } = call.store;
  const { tokens } = await transact(call, (run) =>
    run({
      revoked: step(revokeStatement, { workspaceId, id }),
      tokens: step(findTokenById, { workspaceId, id }),
    }),
  );
  const [row] = tokens;
  if (row === undefined) throw noToken(name);
  return tokenOf(row);
}

/** Puts a new secret in the place of a token's, which ends. It lasts as long as that one did, if no other time is given. */
export async function rotateToken(
  call: Call,
  { name, expiresInSeconds }: { name: string; expiresInSeconds?: number | undefined },
): Promise<NewToken> {
  requireRole(call, 'admin', 'rotate tokens');
  const { id: oldId, kind } = await getToken(call, name);
  if (kind === 'person') requirePerson(call, 'rotate the token of a person');
  return make(call, name, (made) =>
    transact(call, (run) =>
      run({
        revoked: step(revokeStatement, { workspaceId: made.workspaceId, id: oldId }),
        tokens: step(rotateStatement, { ...made, oldId, expiresInSeconds: expiresInSeconds ?? null }),
      }),
    ),
  );
}

type TokenRow = Row<typeof listStatement>;
interface Made {
  workspaceId: number;
  id: string;
  hash: string;
  createdBy: string;
}

async function make(
  call: Call,
  name: string,
  write: (made: Made) => Promise<{ tokens: TokenRow[] }>,
): Promise<NewToken> {
  const { workspaceId } = call.store;
  const secret = newTokenText(workspaceId);
  const made = { workspaceId, id: uuidv7(), hash: hashOfToken(secret).toString('hex'), createdBy: call.actor };
  const { tokens } = await write(made).catch((error) => {
    throw violatedConstraint(error) === 'tokens_name_in_use' ? nameInUse(name) : error;
  });
  const [row] = tokens;
  if (row === undefined) throw noToken(name);
  return { secret, token: tokenOf(row) };
}

async function getToken(call: Call, name: string): Promise<TokenRow> {
  if (!nameForm.test(name)) throw noToken(name);
  const { tokens } = await read(call, { tokens: step(findTokenByName, { workspaceId: call.store.workspaceId, name }) });
  const [row] = tokens;
  if (row === undefined) throw noToken(name);
  return row;
}

function tokenOf(row: TokenRow): Token {
  const { id, name, role, kind, created_at, created_by, expires_at, is_expired, revoked_at, last_used_at } = row;
  return {
    ...{ id, name, role: Role.parse(role), kind: TokenKind.parse(kind) },
    state: revoked_at !== null ? 'revoked' : is_expired ? 'expired' : 'active',
    ...{ createdAt: created_at, createdBy: created_by, expiresAt: expires_at },
    ...{ revokedAt: revoked_at, lastUsedAt: last_used_at },
  };
}

function noToken(name: string): GoalAgentError {
  return new GoalAgentError(
    'not_found',
    `There is no token ${named(name, 80)}. goal-agent token list shows those there are.`,
  );
}

function nameInUse(name: string): GoalAgentError {
  return new GoalAgentError(
    'conflict',
    `A token named ${name} is there already. Choose another name, or let goal-agent token rotate ${name} put a new secret in its place.`,
  );
}
