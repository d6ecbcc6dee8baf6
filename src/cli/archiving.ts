import { GoalAgentError } from '../domain/errors.ts';
import { parsePast, pastForms, type Since } from '../domain/since.ts';

/** @throws GoalAgentError `invalid` for a time to come. */
export function pastOf(text: string): Since {
  const time = parsePast(text);
  if (time !== undefined) return time;
  throw new GoalAgentError('invalid', `--older-than ${text} is no time in the past; write ${pastForms}.`);
}

/** Why nothing was archived, and what archives. */
export function nothingArchived(dryRun: boolean): string {
  const next = dryRun ? 'Leave out --dry-run to archive them.' : 'To archive without being asked, add --yes.';
  return `Nothing was changed. ${next}`;
}
