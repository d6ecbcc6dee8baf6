/** What this test file has to end and remove, in the order in which it came. */
const cleanups: (() => unknown)[] = [];

/**
 * Ends or removes something after the file, the last that came first. Fixtures are made in hooks and within tests, too, and
 * there `afterAll` is not heard.
 */
export function afterFile(cleanup: () => unknown): void {
  cleanups.push(cleanup);
}

export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}
