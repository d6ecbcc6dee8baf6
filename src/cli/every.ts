import { parseSpan } from '../domain/span.ts';

/** How often the service makes a backup, as it was typed; `off` for never. */
export type Every = string;

/** Whether a text says how often: a time from a minute to a year, or off. */
export function isEvery(text: string): text is Every {
  const seconds = secondsOf(text);
  return text === 'off' || (seconds !== undefined && seconds >= 60 && seconds <= 31_536_000);
}

export function secondsOf(text: string): number | undefined {
  return parseSpan(text, { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 });
}
