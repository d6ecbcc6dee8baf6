import { limits } from '../domain/limits.ts';
import type { Tool } from '../tools/define/define-tool.ts';
import type { CommandHost } from './actions.ts';

interface Page {
  count: number;
  next_cursor?: string;
}

/** One answer with as many entries as are wanted, from as many pages of a tool as they take. */
export async function readPages<P extends Page & { [K in Key]: unknown[] }, Key extends string>(
  host: CommandHost,
  { tool, args, list, limit }: { tool: Tool; args: Record<string, unknown>; list: Key; limit: number },
): Promise<P> {
  const ask = (left: number, cursor?: string) =>
    host.run<P>(tool, { ...args, limit: Math.min(left, limits.page), cursor });
  let page = await ask(limit);
  const entries: unknown[] = [...page[list]];
  while (entries.length < limit && page.next_cursor !== undefined) {
    page = await ask(limit - entries.length, page.next_cursor);
    entries.push(...page[list]);
  }
  return { ...page, [list]: entries, count: entries.length };
}
