import { z } from 'zod';
import { allowedName, nameForm } from './names.ts';

/** The rights of a caller. Each role has the rights of the roles before it. */
export const Role = z.enum(['reader', 'writer', 'admin']);
export type Role = z.infer<typeof Role>;

/** Whether an agent or a person holds a token. */
export const TokenKind = z.enum(['agent', 'person']);
export type TokenKind = z.infer<typeof TokenKind>;

/** Who showed a token that counts. */
export interface Principal {
  /** Who history names. */
  name: string;
  role: Role;
  kind: TokenKind;
  workspaceId: number;
  /** The name of the one workspace that it sees. */
  workspace: string;
  tokenId: string;
}

/** Whether a role has the rights of another. */
export function mayAsMuchAs(role: Role, needed: Role): boolean {
  return Role.options.indexOf(role) >= Role.options.indexOf(needed);
}

/** Actors of our own. */
const reserved = new Set(['goal-agent', 'operator']);

/**
 * The reason why a token cannot have this name, or undefined where it can. The name alone has to tell whose a change in
 * the history was: `claude-7f3a01bc` would be a process of an agent named `claude`, which may undo that token's work.
 */
export function nameProblem(name: string): string | undefined {
  if (!nameForm.test(name)) return `has to be ${allowedName}`;
  if (reserved.has(name)) return 'is a name that Goal Agent uses itself; choose another';
  if (/-[0-9a-f]{8}$/.test(name)) {
    return `ends as the name of an agent's process does ("-" and eight hexadecimal digits); choose another`;
  }
  return undefined;
}
