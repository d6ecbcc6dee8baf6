import { signal } from '@preact/signals';

/** The time, for ages and leases: one clock for the page. */
export const nowMs = signal(Date.now());
setInterval(() => {
  if (!document.hidden) nowMs.value = Date.now();
}, 1000);

/** `12 s`, `5 min`, `3 h`, `4 d`: the larger unit alone. */
export function ageOf(iso: string, now = nowMs.value): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`;
  if (seconds < 86_400 * 60) return `${Math.floor(seconds / 86_400)} d`;
  return `${Math.floor(seconds / 86_400 / 30)} mo`;
}

/** `10:58`, `1:02:03`; undefined once it is over. */
export function timeLeft(iso: string, now = nowMs.value): string | undefined {
  const seconds = Math.floor((Date.parse(iso) - now) / 1000);
  if (seconds <= 0) return undefined;
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, place) => (place === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

export const exactTime = (iso: string) => exact.format(new Date(iso));
