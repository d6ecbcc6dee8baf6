import { computed, signal } from '@preact/signals';
import { isInside } from './inside.ts';
import { get, Refusal, request, signedOut } from './request.ts';

export interface Session {
  name: string;
  role: 'reader' | 'writer' | 'admin';
  /** Whether a person signed in as one: docs/decisions/criteria.md. */
  is_person?: boolean;
  workspace: string;
  version: string;
}

const key = 'goal-agent-session';
const codeInAddress = /^#code=([\w-]+)$/;

/** Who is signed in; undefined while that is not known, and null where nobody is. */
export const session = signal<Session | null | undefined>(remembered());
session.subscribe((value) => {
  if (isInside || value === undefined) return;
  if (value === null) localStorage.removeItem(key);
  else localStorage.setItem(key, JSON.stringify(value));
});

/** Who was signed in last: the page draws itself at once, and the service says meanwhile whether it still is so. */
function remembered(): Session | undefined {
  if (isInside || codeInAddress.test(location.hash)) return undefined;
  try {
    return (JSON.parse(localStorage.getItem(key) ?? 'null') as Session | null) ?? undefined;
  } catch {
    return undefined;
  }
}

export const mayWrite = computed(() => session.value != null && session.value.role !== 'reader');
export const mayUndoAll = computed(() => session.value?.role === 'admin');

/** Exchanges the code of the address, where one is there, and finds out who is signed in. */
export async function openSession(): Promise<void> {
  const code = codeInAddress.exec(location.hash)?.[1];
  if (code !== undefined) {
    history.replaceState(null, '', location.pathname + location.search);
    await request('POST', '/session', { body: { code } }).catch(() => {});
  }
  await loadSession();
}

export async function signInWith(token: string): Promise<void> {
  await request('POST', '/session', { body: { token } });
  await loadSession();
}

export async function signOut(): Promise<void> {
  await request('DELETE', '/session').catch(() => {});
  session.value = null;
}

async function loadSession(): Promise<void> {
  try {
    const found = await get<Session>('/session');
    // the same session again is no reason to connect anew
    if (JSON.stringify(found) !== JSON.stringify(session.value)) session.value = found;
    signedOut.value = false;
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) session.value = null;
    else throw error;
  }
}
