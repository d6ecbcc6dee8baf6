import { tools } from '../src/tools/index.ts';
import type { SizeCase } from './size-case.ts';
import { sizeReads } from './size-reads.ts';
import { sizeWrites } from './size-writes.ts';

/** What is asked of every store, in this order: the tools that write come last. */
export const sizeCases: readonly SizeCase[] = [...sizeReads, ...sizeWrites];

/** Tools that nothing is asked of. */
export function toolsWithoutCase(): string[] {
  const asked = new Set(sizeCases.map(({ tool }) => tool));
  return tools.map(({ name }) => name).filter((name) => !asked.has(name));
}
