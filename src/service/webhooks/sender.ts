import type { lookup as resolve } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { addressIn, isPublic, PrivateAddressError, publicLookup } from './addresses.ts';

export interface SenderOptions {
  /** Whether receivers may be at addresses that are not public, and be spoken to without TLS. */
  allowPrivate: boolean;
  timeoutMs?: number | undefined;
  /** Resolves names; the system's way when left out. */
  lookup?: typeof resolve | undefined;
}

export interface Message {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** What a receiver did with a message. */
export interface Outcome {
  isTaken: boolean;
  /** The receiver wants no more, ever. */
  isGone: boolean;
  /** A sentence without its subject, as `answered 500`. */
  what: string;
  /** How long the receiver asks to be left alone. */
  retryAfterSeconds: number | undefined;
}

const defaultTimeoutMs = 10_000;
/** What a receiver says beyond this is not waited for: nobody reads it. */
const mostBytes = 64 * 1024;
const mostRetryAfterSeconds = 3_600;
/** Connections to one receiver. */
const mostSockets = 8;

/** Sends messages to receivers over HTTP. */
export class Sender {
  readonly #options: SenderOptions;
  readonly timeoutMs: number;
  readonly #agents: { 'http:': http.Agent; 'https:': https.Agent };

  constructor(options: SenderOptions) {
    this.#options = options;
    this.timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    const kept = { keepAlive: true, maxSockets: mostSockets, maxFreeSockets: 1, timeout: this.timeoutMs };
    this.#agents = { 'http:': new http.Agent(kept), 'https:': new https.Agent(kept) };
  }

  /** Never fails: whatever goes wrong is an outcome. */
  async send(message: Message, signal?: AbortSignal): Promise<Outcome> {
    const url = new URL(message.url);
    const refusal = this.refusal(url);
    if (refusal !== undefined) return failed(refusal);
    const timeout = AbortSignal.timeout(this.timeoutMs);
    try {
      return await this.#post(url, message, signal === undefined ? timeout : AbortSignal.any([timeout, signal]));
    } catch (error) {
      return failed(timeout.aborted ? `did not answer within ${this.timeoutMs / 1000} s` : describe(error));
    }
  }

  /** Why nothing is sent to such a URL, as far as the URL says it. */
  refusal(url: URL): string | undefined {
    if (this.#options.allowPrivate) return undefined;
    const address = addressIn(url);
    if (address !== undefined && !isPublic(address)) return privateText;
    return url.protocol === 'https:' ? undefined : 'is not reached by https, and by http only private receivers may be';
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  #post(url: URL, { headers, body }: Message, signal: AbortSignal): Promise<Outcome> {
    const protocol = url.protocol === 'https:' ? 'https:' : 'http:';
    const { allowPrivate, lookup } = this.#options;
    const options = {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      agent: this.#agents[protocol],
      signal,
      ...(allowPrivate ? {} : { lookup: publicLookup(lookup) }),
    };
    return new Promise((resolve, reject) => {
      const request = (protocol === 'https:' ? https : http).request(url, options, (response) => {
        resolve(outcomeOf(response));
        drain(response);
      });
      request.on('error', reject);
      request.end(body);
    });
  }
}

/** Reads what is left, so that the connection can be used again, as long as it is little. */
function drain(response: http.IncomingMessage): void {
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > mostBytes) response.destroy();
  });
  response.on('error', () => {});
}

function outcomeOf({ statusCode = 0, headers }: http.IncomingMessage): Outcome {
  if (statusCode >= 200 && statusCode < 300) {
    return { isTaken: true, isGone: false, what: `answered ${statusCode}`, retryAfterSeconds: undefined };
  }
  const isRedirect = statusCode >= 300 && statusCode < 400;
  const what = `answered ${statusCode}${isRedirect ? ', a redirect, which is not followed: give the URL that it leads to' : ''}`;
  return { ...failed(what), isGone: statusCode === 410, retryAfterSeconds: retryAfterOf(headers['retry-after']) };
}

function retryAfterOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,9}$/.test(text)) return undefined;
  return Math.min(Number(text), mostRetryAfterSeconds);
}

function failed(what: string): Outcome {
  return { isTaken: false, isGone: false, what, retryAfterSeconds: undefined };
}

const privateText = 'is at an address that is not public; where that is meant, set GOAL_AGENT_WEBHOOKS_PRIVATE=true';

function describe(error: unknown): string {
  if (error instanceof PrivateAddressError) return privateText;
  const { code } = error as NodeJS.ErrnoException;
  return `could not be reached${code === undefined ? '' : ` (${code})`}`;
}
