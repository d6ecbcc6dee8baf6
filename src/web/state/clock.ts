import { signal } from '@preact/signals';
import { texts } from '../texts.ts';

/** The time, for ages and leases: one clock for the page. */
export const nowMs = signal(Date.now());
setInterval(() => {
  if (!document.hidden) nowMs.value = Date.now();
}, 1000);

/** `12 s`, `5 min`, `3 h`, `4 d`: the larger unit alone. */
export function ageOf(iso: string, now = nowMs.value): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  const { age } = texts;
  if (seconds < 60) return age.seconds(seconds);
  if (seconds < 3_600) return age.minutes(Math.floor(seconds / 60));
  if (seconds < 86_400) return age.hours(Math.floor(seconds / 3_600));
  if (seconds < 86_400 * 60) return age.days(Math.floor(seconds / 86_400));
  return age.months(Math.floor(seconds / 86_400 / 30));
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

const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });

/** `3 Dec`, with the year where it is another one. */
export function dayOf(iso: string): string {
  const at = new Date(iso);
  return (at.getFullYear() === new Date(nowMs.value).getFullYear() ? day : dayOfYear).format(at);
}

export const isPast = (iso: string) => Date.parse(iso) < nowMs.value;

export const exactTime = (iso: string) => exact.format(new Date(iso));
