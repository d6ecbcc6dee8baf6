import { signal } from '@preact/signals';
import { texts } from '../texts.ts';

/** An answer that is no success, with the words of the server. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  /** The rest of the answer: for 412 the row as it is now. */
  readonly more: Record<string, unknown>;

  constructor(status: number, { code, detail, ...more }: Record<string, unknown>) {
    super(typeof detail === 'string' ? detail : texts.unknownError);
    this.status = status;
    this.code = String(code ?? '');
    this.more = more;
  }
}

export interface Sent {
  body?: unknown;
  signal?: AbortSignal | undefined;
  /** The row that the change is held to: otherwise the change is refused with 412. */
  held?: Held | undefined;
}

export interface Held {
  revision: number;
  /** Whether this row is the one that the person saw, for a transport that knows no revisions. */
  isSeen(row: Record<string, unknown>): boolean;
}

/** How the page reaches the server: over HTTP, or inside a client through its host. Both speak of the routes of /api/v1. */
export interface Transport {
  /** What the server answers to a request. @throws Refusal */
  request(method: string, path: string, sent: Sent): Promise<unknown>;
  /** Tells the feed of changes from now on, and goes on where it was. */
  follow(): void;
  stopFollowing(): void;
  /** Shows an address of the web outside the page. */
  openElsewhere?(url: string): void;
}

let transport: Transport | undefined;

export function useTransport(given: Transport): void {
  transport = given;
}

export const follow = () => transport?.follow();
export const stopFollowing = () => transport?.stopFollowing();
export const openElsewhere = (url: string) => transport?.openElsewhere?.(url);

/** Whether the session is over, so that the page asks to sign in. */
export const signedOut = signal(false);

/** What the server answers to a request. @throws Refusal */
export async function request<T>(method: string, path: string, sent: Sent = {}): Promise<T> {
  return (await transport?.request(method, path, sent)) as T;
}

export const get = <T>(path: string, signal?: AbortSignal) => request<T>('GET', path, { signal });

/** What an error says to a person. */
export function wordsOf(error: unknown): string {
  return error instanceof Refusal ? error.message : texts.unknownError;
}
