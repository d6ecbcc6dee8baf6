import type { Session } from './session.ts';
import type { Run } from './steps.ts';
import { wireValues } from './wire-types.ts';

/** `Run` on a session of one's own, whose transaction the caller begins and ends. */
export function runOn(session: Session): Run {
  return async (steps) => {
    const answers: unknown[] = [];
    for (const { statement, params } of steps) {
      const values = wireValues(statement, params as never);
      const { rows } = await session.query({ text: statement.text, values });
      answers.push(rows);
    }
    return answers as never;
  };
}
