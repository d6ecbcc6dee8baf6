import { z } from 'zod';
import { allowedName, nameForm } from './names.ts';

/** What a caller may do. Each may what those before it may. */
export const Role = z.enum(['reader', 'writer', 'admin']);
export type Role = z.infer<typeof Role>;

/** Who showed a token that counts. */
export interface Principal {
  /** Who history names. */
  name: string;
  role: Role;
  workspaceId: number;
  /** The name of the one workspace that it sees. */
  workspace: string;
  tokenId: string;
}

/** Whether a role may do what another may. */
export function mayAsMuchAs(role: Role, needed: Role): boolean {
  return Role.options.indexOf(role) >= Role.options.indexOf(needed);
}

/** Actors of our own. */
const reserved = new Set(['goal-agent', 'operator']);

/**
 * Why a token cannot have this name, or undefined where it can. History has to tell whose a change was from the name
 * alone: `claude-7f3a` would be a process of an agent named `claude`, which may undo what that one did.
 */
export function nameProblem(name: string): string | undefined {
  if (!nameForm.test(name)) return `has to be ${allowedName}`;
  if (reserved.has(name)) return 'is a name that Goal Agent uses itself; choose another';
  if (/-[0-9a-f]{4}$/.test(name)) {
    return `ends as the name of an agent's process does ("-" and four hexadecimal digits); choose another`;
  }
  return undefined;
}
