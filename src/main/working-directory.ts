/**
 * The directory in which relative paths start. A client may start us in a deleted folder. The result is then a path in
 * which nothing exists and nothing can be made: settings with absolute paths work, and a relative path is an error.
 * Libraries ask for the working directory too; therefore the process moves to another one.
 */
export function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    process.chdir('/');
    return '/proc/deleted-working-directory';
  }
}
