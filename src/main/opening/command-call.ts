import type pg from 'pg';
import { note } from '../../cli/render/output.ts';
import { GoalAgentError } from '../../domain/errors.ts';
import type { PoolCall } from '../../service/call.ts';
import type { Workspaces } from '../../service/workspaces.ts';
import type { Config } from '../config.ts';
import { type CallOptions, withCallOn, withWorkspacesOn } from './call-on-source.ts';
import { type Source, sourceOf } from './database-source.ts';
import { operatorText } from './server-store.ts';

/** Finds the database, lets `work` use the workspace under the name of `actor`, and leaves again. */
export async function withCall<T>(options: CallOptions, work: (call: PoolCall) => Promise<T>): Promise<T> {
  const source = sourceOf(options.config, note);
  return withOperatorText(options.config, source, () => withCallOn(source, options, work));
}

/** Finds the database, lets `work` use its workspaces, and leaves again. */
export async function withWorkspaces<T>(config: Config, work: (workspaces: Workspaces) => Promise<T>): Promise<T> {
  const source = sourceOf(config, note);
  return withOperatorText(config, source, () => withWorkspacesOn(source, config, work));
}

/** Finds the database, lets `work` make sessions of its own there, and leaves again. */
export async function withConnection<T>(config: Config, work: (connection: pg.ClientConfig) => Promise<T>): Promise<T> {
  const source = sourceOf(config, note);
  return withOperatorText(config, source, async () => work(await source.connect()));
}

/** Leaves the database when the work is done, and tells the person at this machine everything about a failure. */
export async function withOperatorText<T>(config: Config, source: Source, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new GoalAgentError('configuration', operatorText(error, config), { cause: error });
  } finally {
    await source.leave();
  }
}
