import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { birthOf } from '../store/embedded/process.ts';

/**
 * When a process began, as text that only that process has on this machine; undefined when there is none, or when
 * this machine does not say. A process number alone names no process: numbers are used again.
 */
export async function processBirth(pid: number): Promise<string | undefined> {
  const born = await birthOf(pid);
  return born === '?' ? windowsBirth(pid) : born;
}

async function windowsBirth(pid: number): Promise<string | undefined> {
  const command = `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`;
  const asked = promisify(execFile)('powershell', ['-NoProfile', '-Command', command], { windowsHide: true });
  return asked.then(
    ({ stdout }) => stdout.trim() || undefined,
    () => undefined,
  );
}
