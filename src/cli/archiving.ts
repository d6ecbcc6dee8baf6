import { GoalAgentError } from '../domain/errors.ts';
import { parseSince, type Since } from '../domain/since.ts';

/** @throws GoalAgentError `invalid` for a time to come. */
export function pastOf(text: string): Since {
  const time = parseSince(text);
  if (time === undefined || ('at' in time && Date.parse(time.at) > Date.now())) {
    throw new GoalAgentError('invalid', `--older-than ${text} is no time in the past; write 90d, 2w or 2026-01-31.`);
  }
  return time;
}

/** Why nothing was archived, and what archives. */
export function nothingArchived(dryRun: boolean): string {
  const next = dryRun ? 'Leave out --dry-run to archive them.' : 'To archive without being asked, add --yes.';
  return `Nothing was changed. ${next}`;
}
