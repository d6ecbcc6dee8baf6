import { signal } from '@preact/signals';

/** What is open above the page. */
export const overlay = signal<'palette' | 'help' | 'break-down' | undefined>(undefined);

/** Grows when somebody asks to create something: the screen opens the field for it. */
export const createAsked = signal(0);
