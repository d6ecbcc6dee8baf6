import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { linkTasks } from '../../../src/exchange/foreign/link-tasks.ts';
import type { ForeignPlan } from '../../../src/exchange/foreign/plan.ts';
import { foreignTools, type ToolName } from '../../../src/exchange/foreign/tools.ts';

export const fixtures = 'test/fixtures';

/** What a tool's text holds. */
export async function planOf(tool: ToolName, ...texts: string[]): Promise<ForeignPlan> {
  const read = await foreignTools[tool].load();
  return read({ files: texts.map((text, place) => ({ path: `file-${place + 1}`, text })), project: 'demo' });
}

export async function planOfFixture(tool: ToolName, ...names: string[]): Promise<ForeignPlan> {
  const texts = await Promise.all(names.map((name) => readFile(path.join(fixtures, tool, name), 'utf8')));
  return planOf(tool, ...texts);
}

/** Each task in one line: its goal, its status, what it waits for. */
export function outline(plan: ForeignPlan): string[] {
  const links = linkTasks(plan);
  return plan.tasks.map(({ id, goal, status }) => `${goal} | ${id} | ${status} | ${links.get(id)?.join(' ')}`);
}
