import { computed, signal } from '@preact/signals';
import { get, Refusal, request, signedOut } from './request.ts';

export interface Session {
  name: string;
  role: 'reader' | 'writer' | 'admin';
  workspace: string;
  version: string;
}

/** Who is signed in; undefined while that is not known, and null where nobody is. */
export const session = signal<Session | null | undefined>(undefined);
export const mayWrite = computed(() => session.value != null && session.value.role !== 'reader');
export const mayUndoAll = computed(() => session.value?.role === 'admin');

/** Exchanges the code of the address, where one is there, and finds out who is signed in. */
export async function openSession(): Promise<void> {
  const code = /^#code=([\w-]+)$/.exec(location.hash)?.[1];
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
    session.value = await get<Session>('/session');
    signedOut.value = false;
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) session.value = null;
    else throw error;
  }
}
