import { signal } from '@preact/signals';

/** Whether the page is inside a client. The page of the service lets nobody frame it. */
export const isInside = window.parent !== window;

/** The other size that the client can show the page in, if there is one. */
export const otherDisplay = signal<{ mode: 'inline' | 'fullscreen'; show(): void } | undefined>(undefined);
