import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scored } from './run.ts';

/** What a run against a model is known by. */
export interface Run {
  model: string;
  api: string;
  /** Of Goal Agent. */
  version: string;
  date: Date;
}

/** Keeps what a model called, as a file with the date and the model in its name, and gives back where. */
export function keepResults(folder: string, { model, api, version, date }: Run, scored: readonly Scored[]): string {
  const day = date.toISOString().slice(0, 10);
  const file = join(folder, `${day}-${model.replaceAll(/[^\w.-]+/g, '-')}.json`);
  const kept = {
    model,
    api,
    version,
    date: date.toISOString(),
    tasks: scored.length,
    right_tool: scored.filter(({ isRightTool }) => isRightTool).length,
    right_call: scored.filter(({ isRight }) => isRight).length,
    wrong: scored
      .filter(({ isRight }) => !isRight)
      .map(({ says, called, words }) => ({ says, called: called ?? words })),
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`);
  return file;
}
