import path from 'node:path';
import { linkTasks } from '../../../src/exchange/foreign/link-tasks.ts';
import type { ForeignPlan } from '../../../src/exchange/foreign/plan.ts';
import { readSource } from '../../../src/exchange/foreign/read-source.ts';
import { foreignTools, type ToolName } from '../../../src/exchange/foreign/tools.ts';

/** What a tool's files hold, by their paths or one after the other. */
export async function planOf(tool: ToolName, texts: string | Record<string, string>): Promise<ForeignPlan> {
  const read = await foreignTools[tool].load();
  const files = Object.entries(typeof texts === 'string' ? { 'file-1': texts } : texts);
  return read({ files: files.map(([file, text]) => ({ path: file, text })), project: 'demo' });
}

/** What a real tool wrote; each folder says with which version. */
export async function planOfFixture(tool: ToolName, name = '.'): Promise<ForeignPlan> {
  return (await readSource(tool, path.join('test/fixtures', tool, name))).plan;
}

/** Each task in one line: its goal, its status, what it waits for. */
export function outline(plan: ForeignPlan): string[] {
  const links = linkTasks(plan);
  return plan.tasks.map(({ id, goal, status }) => `${goal} | ${id} | ${status} | ${links.get(id)?.join(' ')}`);
}
