import { GoalAgentError, PersonNeededError } from '../domain/errors.ts';
import { mayAsMuchAs, type Principal, type Role } from '../domain/principal.ts';

/** Who calls: under which name it acts, and what it may do. */
export interface Caller {
  /** Who history names. */
  actor: string;
  /** The actor's name without what differs from one process of the same agent to the next. */
  agentName?: string | undefined;
  /** Who showed a token. Undefined for whoever has the database itself, and so may do everything. */
  principal?: Principal | undefined;
  /** A person confirmed this very call at a terminal. */
  isConfirmed?: boolean | undefined;
}

/** Who calls with a token: its name, whatever the client calls itself. */
export function callerOf(principal: Principal): Caller {
  return { actor: principal.name, principal };
}

/** @throws GoalAgentError `forbidden` where the caller's role is not enough. `what` completes "may not". */
export function requireRole({ principal }: Caller, needed: Role, what: string): void {
  if (principal === undefined || mayAsMuchAs(principal.role, needed)) return;
  throw new GoalAgentError(
    'forbidden',
    `The token ${principal.name} has the role ${principal.role}, and may not ${what}. Use a token with the role ${needed}.`,
  );
}

/** Whether a person calls, and no agent: with a token of its own, or by a word at the terminal. */
export function isPerson({ principal, isConfirmed }: Caller): boolean {
  return principal === undefined ? isConfirmed === true : principal.kind === 'person';
}

/** @throws GoalAgentError `forbidden` for an agent. `what` completes "only a person may". */
export function requirePerson(caller: Caller, what: string): void {
  if (isPerson(caller)) return;
  throw new PersonNeededError(
    `Only a person may ${what}: at a terminal, where goal-agent asks, or with a token that goal-agent token create --person made.`,
  );
}
