import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import { unless } from '../store/embedded/trouble.ts';

const lookMs = 250;

export function logFileOf(home: string): string {
  return path.join(home, 'logs', 'goal_agent_server.log');
}

/** The newest lines of a log, the one that was put aside included; empty where there is none. */
export async function lastLines(file: string, count: number): Promise<string[]> {
  const newest = await linesOf(file);
  const older = newest.length < count ? await linesOf(`${file}.1`) : [];
  return [...older, ...newest].slice(-count);
}

async function linesOf(file: string): Promise<string[]> {
  const text = (await readFile(file, 'utf8').catch(unless('ENOENT', 'ENOTDIR'))) ?? '';
  return text.split('\n').filter((line) => line !== '');
}

interface Position {
  ino: number;
  size: number;
}

/** The end of the log at this moment: where a reader that follows it begins. */
export async function endOfLog(file: string): Promise<Position> {
  const { ino, size } = (await stat(file).catch(unless('ENOENT', 'ENOTDIR'))) ?? { ino: 0, size: 0 };
  return { ino, size };
}

/** Tells each line that comes after `from`, until the signal. A full log is put aside, and a new one has its name. */
export async function followLines(
  file: string,
  { from, onLine, signal }: { from: Position; onLine: (line: string) => void; signal: AbortSignal },
): Promise<void> {
  let { ino, size } = from;
  let decoder = new StringDecoder();
  let rest = '';
  const tell = (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(line);
  };
  while (!signal.aborted) {
    const now = await endOfLog(file);
    if (now.ino !== ino || now.size < size) {
      // what came to the old file after the last look
      if (ino !== 0 && (await endOfLog(`${file}.1`)).ino === ino)
        tell(decoder.write(await readFrom(`${file}.1`, size)));
      [ino, size, rest, decoder] = [now.ino, 0, '', new StringDecoder()];
    }
    const bytes = now.size > size ? await readFrom(file, size) : Buffer.alloc(0);
    size += bytes.length;
    tell(decoder.write(bytes));
    await sleep(lookMs, undefined, { signal }).catch(() => {});
  }
}

async function readFrom(file: string, start: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(file, { start })) chunks.push(chunk as Buffer);
  } catch (error) {
    unless('ENOENT')(error);
  }
  return Buffer.concat(chunks);
}
