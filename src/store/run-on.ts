import type { Session } from './session.ts';
import type { Rows, Run } from './steps.ts';
import { wireValues } from './wire-types.ts';

/** `Run` on a session of one's own, whose transaction the caller begins and ends. */
export function runOn(session: Session): Run {
  return async (steps) => {
    const answers: unknown[] = [];
    for (const step of steps) {
      const { rows } = await session.query({ text: step.statement.text, values: wireValues(step) });
      answers.push(rows);
    }
    return answers as Rows<typeof steps>;
  };
}
