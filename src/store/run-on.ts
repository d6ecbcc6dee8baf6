import { sendSteps } from './sending.ts';
import type { Session } from './session.ts';
import type { Run } from './steps.ts';
import { wireValues } from './wire-types.ts';

/** `Run` on a session of one's own, whose transaction the caller begins and ends. */
export function runOnSession(session: Session): Run {
  return (steps) => sendSteps(steps, (step) => session.query({ text: step.statement.text, values: wireValues(step) }));
}
