import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/*
 * gat_12_<43 characters of the secret><6 of a checksum>: the prefix and the form let scanners find a token that somebody
 * committed, and the checksum lets them, and us, tell a real one from a text that only looks like one. The number is that of
 * the workspace. A local token, which is no row of a database, begins with gal_ and has no number.
 */
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const secretBytes = 32;
/** 62^43 is more than 2^256, and 62^6 more than 2^32. */
const secretLength = 43;
const checksumLength = 6;

const form = /^(?:gat_([1-9]\d{0,14})|gal)_[0-9A-Za-z]{49}$/;

/** A new secret of 256 random bits, for a workspace or for this machine. */
export function newTokenText(workspaceId: number | 'local'): string {
  const prefix = workspaceId === 'local' ? 'gal_' : `gat_${workspaceId}_`;
  const secret = base62(BigInt(`0x${randomBytes(secretBytes).toString('hex')}`), secretLength);
  return withChecksum(prefix + secret);
}

/** What a text that is a token by its form says of itself; undefined for any other text. Whether it counts is not known by that. */
export function readTokenText(text: string): { workspaceId: number | 'local' } | undefined {
  const found = form.exec(text);
  if (found === null || withChecksum(text.slice(0, -checksumLength)) !== text) return undefined;
  return { workspaceId: found[1] === undefined ? 'local' : Number(found[1]) };
}

/** All that is kept of a token. */
export function hashOfToken(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function withChecksum(text: string): string {
  return text + base62(BigInt(crc32(text)), checksumLength);
}

function base62(number: bigint, length: number): string {
  let [left, text] = [number, ''];
  while (text.length < length) {
    text = (digits[Number(left % 62n)] as string) + text;
    left /= 62n;
  }
  return text;
}
