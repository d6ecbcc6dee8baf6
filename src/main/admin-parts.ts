import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { GoalAgentError } from '../domain/errors.ts';
import type { AdminParts } from '../http/parts.ts';
import { deleteWithExport } from '../legacy/backup/delete-with-export.ts';
import { exportName } from '../legacy/backup/export-name.ts';
import { Sender } from '../service/webhooks/sender.ts';
import type { Backups } from './backups.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { withWorkspacesOn } from './opening/call-on-source.ts';
import { sourceOf } from './opening/database-source.ts';

/** What admins need over HTTP, from the settings. */
export function adminParts(
  config: Config,
  { log, backups }: { log: Log; backups: Pick<Backups, 'reload'> },
): AdminParts {
  const folder = path.join(config.home, 'exports');
  return {
    sender: new Sender({ allowPrivate: config.webhooks.allowPrivate }),
    reloadBackups: () => backups.reload(),
    async deleteWorkspace(name, actor) {
      const file = path.join(folder, exportName(name));
      // connections of its own: an export and a deletion may take longer than a call
      const source = sourceOf(config, (line) => log.info(line));
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await withWorkspacesOn(source, config, (workspaces) => deleteWithExport(workspaces, name, file));
      } catch (error) {
        log.error({ err: error, actor }, `the workspace ${name} was not deleted`);
        throw withoutFolder(error, folder);
      } finally {
        await source.leave();
      }
      log.warn({ actor }, `the workspace ${name} was deleted; ${file} has everything`);
      return path.basename(file);
    },
  };
}

/** A caller of the service learns of no folder of this machine, and can mend none. */
function withoutFolder(error: unknown, folder: string): unknown {
  if (!(error instanceof GoalAgentError)) {
    const { code } = error as NodeJS.ErrnoException;
    return typeof code === 'string' ? notWritten(code, error) : error;
  }
  // a file that cannot be written: the name of the workspace is known to be one by now
  if (error.code === 'invalid') return notWritten(undefined, error);
  return new GoalAgentError(error.code, error.message.replaceAll(folder + path.sep, ''), { cause: error });
}

function notWritten(code: string | undefined, cause: unknown): GoalAgentError {
  const why = code === undefined ? '' : ` (${code})`;
  const message = `The export cannot be written on the server${why}, and nothing was deleted. Its log says more.`;
  return new GoalAgentError('configuration', message, { cause });
}
