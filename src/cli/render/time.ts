const units = [
  ['y', 365 * 86_400],
  ['mo', 30 * 86_400],
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const;

/** How long ago a time was: `3 d`, `12 min`, `now`. */
export function age(at: string, nowMs = Date.now()): string {
  return spanOf((nowMs - Date.parse(at)) / 1000);
}

/** What is left of a lease: `11 min left`. */
export function timeLeft(until: string, nowMs = Date.now()): string {
  const seconds = (Date.parse(until) - nowMs) / 1000;
  // a lease of 15 minutes has 15 left when it begins
  return seconds <= 0 ? 'lease ended' : `${spanOf(Math.ceil(seconds / 60) * 60)} left`;
}

function spanOf(seconds: number): string {
  for (const [unit, length] of units) if (seconds >= length) return `${Math.floor(seconds / length)} ${unit}`;
  return 'now';
}

/** `2026-11-28 01:20`, in the time zone of this machine. */
export function clock(at: string): string {
  const date = new Date(at);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
