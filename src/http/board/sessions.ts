import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** A code is used at once, by the program that asked for it. */
export const codeSeconds = 60;
/** A browser that shows the page within this time stays signed in. */
export const sessionSeconds = 7 * 86_400;
const mostCodes = 1_000;
const prefix = 'gas_';

/** Who is signed in by a session of this machine. */
export interface LocalSession {
  /** Who history names. */
  name: string;
  /** Whether it was opened for a person, who confirmed that at the terminal. */
  isPerson?: boolean | undefined;
}

/**
 * The signed-in browsers of this user on this machine. A session is a signed value that the browser keeps, so every service
 * that has the same local token accepts it, and a new local token ends all of them. A code lives in the process that made it.
 */
export class Sessions {
  readonly #key: Buffer;
  readonly #codes = new Map<string, LocalSession & { until: number }>();

  constructor(localToken: string) {
    this.#key = createHmac('sha256', localToken).update('goal-agent browser sessions').digest();
  }

  /** A code that opens one session, once, within a minute. */
  newCode(session: LocalSession, nowMs = Date.now()): string {
    for (const [key, { until }] of this.#codes) if (until <= nowMs) this.#codes.delete(key);
    const [oldest] = this.#codes.keys();
    if (this.#codes.size >= mostCodes && oldest !== undefined) this.#codes.delete(oldest);
    const code = randomBytes(24).toString('base64url');
    this.#codes.set(hashOf(code), { ...session, until: nowMs + codeSeconds * 1000 });
    return code;
  }

  /** The session that a code opens; undefined for a code that is unknown, used or too old. */
  exchange(code: string, nowMs = Date.now()): string | undefined {
    const key = hashOf(code);
    const found = this.#codes.get(key);
    this.#codes.delete(key);
    return found === undefined || found.until <= nowMs ? undefined : this.sign(found, nowMs);
  }

  /** The text of a session, for a cookie. */
  sign({ name, isPerson }: LocalSession, nowMs = Date.now()): string {
    const until = Math.floor(nowMs / 1000) + sessionSeconds;
    const body = Buffer.from(JSON.stringify({ name, isPerson, until })).toString('base64url');
    return `${prefix}${body}.${this.#macOf(body)}`;
  }

  /** The session of this text; undefined for a text that is none, was changed, or is too old. */
  read(text: string, nowMs = Date.now()): LocalSession | undefined {
    const [body, mac, rest] = text.startsWith(prefix) ? text.slice(prefix.length).split('.') : [];
    if (body === undefined || mac === undefined || rest !== undefined) return undefined;
    if (!timingSafeEqual(digest(mac), digest(this.#macOf(body)))) return undefined;
    const { until, ...session } = JSON.parse(Buffer.from(body, 'base64url').toString()) as LocalSession & {
      until: number;
    };
    return until * 1000 > nowMs ? session : undefined;
  }

  #macOf(body: string): string {
    return createHmac('sha256', this.#key).update(body).digest('base64url');
  }
}

function hashOf(code: string): string {
  return digest(code).toString('hex');
}

/** Of equal length whatever was sent. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
