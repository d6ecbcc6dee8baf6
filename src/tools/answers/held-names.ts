import { z } from 'zod';
import { GoalAgentError } from '../../domain/errors.ts';
import { normalName, problemOfName } from '../../domain/resource-names.ts';
import { longestName, named } from '../../domain/stored-text.ts';
import { text } from '../../domain/text.ts';
import type { HeldResource } from '../../service/resources.ts';

/** Names of one call. */
const mostNames = 20;
const longestResource = 200;

export const Names = z.array(text(longestResource)).min(1).max(mostNames);

/** A name as its holder sees it, and with `holder` as everybody does. The fence is for the holder alone. */
export const HeldName = z.object({ name: z.string(), shared: z.boolean(), lease_expires_at: z.string() });
export const OthersName = HeldName.extend({ holder: z.string(), acquired_at: z.string() });

/** @throws GoalAgentError `invalid`, which says what is wrong with which name. */
export function namesOf(tool: string, given: readonly string[]): string[] {
  return [...new Set(given.map(normalName))].map((name, place) => {
    const problem = problemOfName(name);
    if (problem === undefined) return name;
    throw new GoalAgentError('invalid', `${tool}: ${named(given[place] ?? name, longestName)} ${problem}.`);
  });
}

export function heldName({ name, shared, expires_at }: HeldResource): z.infer<typeof HeldName> {
  return { name, shared, lease_expires_at: expires_at };
}

export function othersName(row: HeldResource): z.infer<typeof OthersName> {
  return { ...heldName(row), holder: row.holder, acquired_at: row.acquired_at };
}

/** `"src/auth/**" is held by claude-2 until 10:42:00Z`, and whether others may share it. */
export function describeHeld({ name, holder, shared, expires_at }: HeldResource): string {
  const how = shared ? 'shared by' : 'held by';
  return `${named(name, longestResource)} is ${how} ${named(holder, longestName)} until ${expires_at.slice(11, 19)}Z`;
}
