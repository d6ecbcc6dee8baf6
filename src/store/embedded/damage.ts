import { readFile, stat } from 'node:fs/promises';

/** How often the server's log is looked at while nobody is let in. */
const LOOK_MS = 500;
/** An internal error or corrupted data, as a line of the log has it (settings.ts): it does not pass by itself. */
const DAMAGE = /\|XX...\|FATAL: +(.*)/;

/**
 * Tells of a server that ends and recovers again and again, because a process of its own cannot read a damaged file. It lets
 * nobody in but for moments between, so a client that is never there at such a moment finds the reason in the log alone.
 */
export async function watchForDamage(logFile: string): Promise<() => Promise<Error | undefined>> {
  // a log that is not there, or is another user's, says nothing
  const { size = 0 } = (await stat(logFile).catch(() => undefined)) ?? {};
  let lookAt = Date.now() + LOOK_MS;
  return async () => {
    if (Date.now() < lookAt) return undefined;
    lookAt = Date.now() + LOOK_MS;
    const log = await readFile(logFile).catch(() => Buffer.alloc(0));
    // a log that has become shorter is another one
    const said = log.subarray(log.length < size ? 0 : size).toString();
    const [, reason] = DAMAGE.exec(said) ?? [];
    return reason === undefined ? undefined : new Error(reason);
  };
}
