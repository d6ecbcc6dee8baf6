/**
 * Does work that waits, until the person ends it: then it is undefined, nothing was taken, and the exit code is that of the
 * signal.
 */
export async function untilStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const stop = new AbortController();
  const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
  for (const [signal, code] of Object.entries(codes)) {
    process.once(signal, () => {
      process.exitCode = code;
      stop.abort();
    });
  }
  return work(stop.signal).catch((error) => {
    if (stop.signal.aborted) return undefined;
    throw error;
  });
}
