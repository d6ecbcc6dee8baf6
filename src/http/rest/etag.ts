import { createHash } from 'node:crypto';
import { GoalAgentError } from '../../domain/errors.ts';

// A tag of a row is its revision and a digest of the answer: `"7.Zm9vYmFy"`. A change is held to the revision, which
// notes and other rows leave alone; a reader that has the very same answer already is told so by the whole.

/** The tag of an answer; with the row's revision where the answer is about one row. */
export function entityTag(body: string, revision: number | undefined): string {
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 12);
  return revision === undefined ? `W/"${digest}"` : `"${revision}.${digest}"`;
}

/**
 * The revision that `If-Match` holds a change to; undefined where it names none, or any.
 * @throws GoalAgentError `invalid` for a tag that this service did not give.
 */
export function expectedRevision(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  const revision = /^\s*"(\d{1,15})(?:\.[\w-]*)?"\s*$/.exec(ifMatch)?.[1];
  if (revision !== undefined) return Number(revision);
  throw new GoalAgentError('invalid', 'If-Match is no tag of this service; send the ETag of the last GET as it was.');
}

/** Whether the reader has this answer already (RFC 9110, weak comparison). */
export function isKnown(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const bare = (each: string) => each.trim().replace(/^W\//, '');
  return ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((each) => bare(each) === bare(tag));
}
