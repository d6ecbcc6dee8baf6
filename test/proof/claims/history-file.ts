import { createWriteStream, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

interface Line {
  text: string;
  process: string;
  type: string;
  f: string;
  time: number;
}

/**
 * Makes one history of what the processes wrote down: in the order of time, each line with its `:index`, and `:info` where
 * an agent was killed before it was answered.
 */
export async function gatherHistory(folder: string, file: string): Promise<void> {
  const lines = readdirSync(folder).flatMap((name) => linesOf(path.join(folder, name)));
  lines.sort((a, b) => a.time - b.time);
  const indexed = lines.map(({ text }, index) => `${text.slice(0, -1)}, :index ${index}}\n`);
  await pipeline(Readable.from(indexed), createWriteStream(file));
}

/** The lines of one process; the last may have been cut off by its end, and then nothing of it was done. */
function linesOf(file: string): Line[] {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1).map(parse);
  const open = new Map<string, Line>();
  for (const line of lines) {
    if (line.type === 'invoke') open.set(line.process, line);
    else open.delete(line.process);
  }
  const end = lines.at(-1)?.time ?? 0;
  return [...lines, ...[...open.values()].map((line) => ofUnknownEnd(line, end))];
}

const shape = /^\{:process (\d+), :type :(\w+), :f :([\w-]+), :value .*, :time (\d+)/;

function parse(text: string): Line {
  const [, process = '', type = '', f = '', time = ''] = shape.exec(text) ?? [];
  if (time === '') throw new Error(`no line of a history: ${text}`);
  return { text, process, type, f, time: Number(time) };
}

function ofUnknownEnd({ process, f }: Line, time: number): Line {
  const text = `{:process ${process}, :type :info, :f :${f}, :value nil, :time ${time}, :error :killed}`;
  return { text, process, type: 'info', f, time };
}
