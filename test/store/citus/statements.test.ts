import type pg from 'pg';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { Statement } from '../../../src/store/statement.ts';
import { aClient } from '../../support/conversation.ts';
import { aDatabase } from '../../support/database.ts';
import { loadFunctions, loadStatements } from '../../support/statements.ts';

/** A value of each type, as a literal; which one does not matter to whoever plans. */
const literals: Record<string, string> = {
  int4: '1',
  int8: '1',
  float8: '1',
  text: `'x'`,
  uuid: `'00000000-0000-7000-8000-000000000000'`,
  bool: 'true',
  jsonb: `'[]'`,
  timestamptz: `'2026-01-01T00:00:00Z'`,
};
/** Texts of which something is asked, by the names of the parameters. */
const texts: Record<string, string> = {
  status: `'completed'`,
  goalStatus: `'completed'`,
  taskStatus: `'completed'`,
  priority: `'high'`,
  rows: `'[]'`,
};

/** Planned as it runs: with the values in place of the parameters. */
function withValues({ text, params }: Statement): string {
  const values = Object.entries(params).map(([name, type]) => {
    const plain = type.replace('?', '');
    const literal = plain.endsWith('[]') ? `'{}'` : literals[plain];
    return `${plain === 'text' ? (texts[name] ?? literal) : literal}::${plain}`;
  });
  return text.replaceAll(/\$(\d+)(?:::\w+(?:\[\])?)?/g, (whole, place) => {
    const cast = whole.includes('::') ? whole.slice(whole.indexOf('::')) : '';
    return `(${values[Number(place) - 1]})${cast}`;
  });
}

const statements = [...(await loadStatements()), ...(await loadFunctions()).map(({ call }) => call)];

describe.skipIf(inject('citus') === '')('a Citus', () => {
  let sql: pg.Client;

  beforeAll(async () => {
    sql = await aClient(await aDatabase());
  });

  it.each(statements)('plans $name', async (statement) => {
    await expect(sql.query(`explain ${withValues(statement)}`)).resolves.toBeDefined();
  });
});
