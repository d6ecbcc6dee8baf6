import { defineFunction } from '../function.ts';

/**
 * The first of `count` numbers that nobody else gets. It does not wait for the disk: a crash of the server may forget it, but
 * never a row that was flushed after it (docs/decisions/numbers.md).
 */
export const takeNumbers = defineFunction({
  name: 'take_numbers',
  params: { workspaceId: 'int8', kind: 'text', count: 'int8' },
  columns: { first: 'int8' },
  releasesEarly: true,
  body: `
  return query
  update counters c
  set next = c.next + p_count
  where c.workspace_id = $1 and c.kind = p_kind
  returning c.next - p_count;`,
});
