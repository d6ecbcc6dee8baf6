/** What a promise gives within so many milliseconds; throws after that. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const give = () => reject(new Error(`no answer within ${Math.round(ms)} ms`));
    // where this process itself stood still, the answer may lie in the socket: that is read first
    timer = setTimeout(() => setImmediate(give), Math.max(0, ms));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
