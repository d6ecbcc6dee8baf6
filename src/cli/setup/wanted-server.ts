import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { GoalAgentError } from '../../domain/errors.ts';
import type { Server } from '../../machine/setup/server-entry.ts';
import type { Actions } from '../actions.ts';
import type { SetupOptions } from './options.ts';

/** What stands in place of a secret. */
const hidden = '…';

/** The server that the client gets: the service of --remote, or this very program with the settings of this shell. */
export function wantedServer(actions: Actions, { remote, token, workspace }: SetupOptions): Server {
  if (remote !== undefined) {
    const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    return { kind: 'remote', url: serviceUrl(remote), headers };
  }
  const env = actions.clientEnv(workspace);
  const secrets = Object.keys(env).filter((name) => env[name] === hidden);
  if (secrets.length > 0) {
    throw new GoalAgentError(
      'configuration',
      `${secrets.join(' and ')} would not reach the client's server, and setup writes no secret into a client's file. Put the settings of the database into ${path.join(actions.ownPlaces().home, '.env')}, which every server reads, unset them here, and try again.`,
    );
  }
  return { kind: 'local', command: thisNode(), args: [thisProgram(), 'mcp'], env };
}

function serviceUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '') {
    throw new GoalAgentError(
      'invalid',
      '--remote needs the http or https URL of a service, as http://127.0.0.1:7432/mcp',
    );
  }
  if (url.pathname === '/') url.pathname = '/mcp';
  return url.href;
}

/** The absolute path of this Node. Homebrew removes the folder of a version with its next one, and keeps a link to it. */
function thisNode(): string {
  const [, prefix, formula] = /^(.*)\/Cellar\/([^/]+)\/[^/]+\/bin\/node$/.exec(process.execPath) ?? [];
  const kept = `${prefix}/opt/${formula}/bin/node`;
  return prefix !== undefined && existsSync(kept) ? kept : process.execPath;
}

/** The file that runs, behind the link that npm made to it. */
function thisProgram(): string {
  return realpathSync(process.argv[1] ?? '');
}
