/** A value as a message shows it: quoted, not too long, and hidden where a password may be in it. */
export function shown(value: string): string {
  if (mayHoldPassword(value)) return JSON.stringify(`${schemeOf(value)}***`);
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
}

/** Whether the value is a URL, a piece of one, or a connection string of libpq. */
export function mayHoldPassword(value: string): boolean {
  return /:\/\/|%3a%2f%2f|:.*@|password\s*=/is.test(value);
}

/** `mysql://` of `mysql://ada:secret@host/db`; empty without such a beginning. */
export function schemeOf(url: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.exec(url)?.[0] ?? '';
}
