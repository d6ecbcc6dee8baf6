/**
 * Where relative paths start. A client may start us in a folder that was deleted: then a path in which nothing is and nothing can be made,
 * so that settings with absolute paths work, and a relative one is told. Libraries ask for the working directory too, so it becomes another.
 */
export function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    process.chdir('/');
    return '/proc/deleted-working-directory';
  }
}
