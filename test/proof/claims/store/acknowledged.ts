import { readFileSync } from 'node:fs';
import type { Acknowledged } from './violations.ts';

const answer = /:process (\d+), :type :ok, :f :(claim|extend|set), :value (\[.*\]), :time/;

/** What agents were told of the tasks that they claimed and completed. */
export function acknowledgedIn(history: string): Acknowledged[] {
  return readFileSync(history, 'utf8').split('\n').flatMap(acknowledgedBy);
}

function acknowledgedBy(line: string): Acknowledged[] {
  const [, process, f, value] = answer.exec(line) ?? [];
  if (value === undefined) return [];
  const agent = `agent-${process}`;
  if (f === 'set') {
    const parts: [string, string, number, string][] = JSON.parse(value.replaceAll(/:([a-z-]+)/g, '"$1"'));
    return parts
      .filter(([what, , , outcome]) => what === 'complete' && outcome === 'done')
      .map(([, task, fence]) => ({ kind: 'completed', task, fence, agent }));
  }
  const held: [string, number, number] | [string, number, number][] = JSON.parse(value);
  const all = f === 'claim' ? (held as [string, number, number][]) : [held as [string, number, number]];
  return all.map(([task, fence]) => ({ kind: 'claimed', task, fence, agent }));
}
