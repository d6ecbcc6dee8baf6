import type { Context } from 'hono';
import { GoalAgentError } from '../domain/errors.ts';
import { jsonAnswer } from './json-answer.ts';
import type { HttpEnv, ServiceParts } from './parts.ts';

/**
 * Lets the service go by the schedule of backups that its settings say now, and answers with it. For `goal-agent backup` on
 * this machine: it tells a folder of the machine, and no token needs to know that.
 */
export async function reloadBackups(context: Context<HttpEnv>, { admin }: ServiceParts): Promise<Response> {
  if (context.get('principal') !== undefined) {
    throw new GoalAgentError('forbidden', 'The schedule is read with the local token alone, by goal-agent backup.');
  }
  const schedule = await admin.reloadBackups();
  return jsonAnswer({
    schedule: schedule && {
      directory: schedule.directory,
      every_seconds: schedule.everyMs / 1_000,
      keep: schedule.keep,
    },
  });
}
