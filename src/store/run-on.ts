import type pg from 'pg';
import type { Run } from './steps.ts';
import { wireTypes, wireValues } from './wire-types.ts';

/** `Run` on a client of one's own, whose transaction the caller begins and ends. */
export function runOn(client: pg.Client): Run {
  return async (steps) => {
    const answers: unknown[] = [];
    for (const { statement, params } of steps) {
      const values = wireValues(statement, params as never);
      const { rows } = await client.query({ text: statement.text, values, types: wireTypes });
      answers.push(rows);
    }
    return answers as never;
  };
}
