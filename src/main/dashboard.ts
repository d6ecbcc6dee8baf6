import { spawn } from 'node:child_process';
import type { ListenOptions } from '../cli/actions.ts';
import { GoalAgentError } from '../domain/errors.ts';
import { findService } from '../machine/service/record.ts';
import type { Config } from './config.ts';
import { readLocalToken } from './local-token.ts';
import { personName } from './opening/command-host.ts';

const answersWithinMs = 5_000;

/**
 * A link that opens the board of the service on this machine, already signed in: once, within a minute; as a person where one
 * has confirmed it. Without a typed
 * address it is the service that runs for this home.
 * @throws GoalAgentError `unavailable` where no service answers, `forbidden` where it is not this user's.
 */
export async function dashboardLink(config: Config, typed: ListenOptions, isPerson: boolean): Promise<string> {
  const isTyped = typed.host !== undefined || typed.port !== undefined;
  const { host, port } = (isTyped ? undefined : await findService(config.home)) ?? config.http;
  const at = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  const url = `http://${at}:${port}`;
  const token = await readLocalToken(config.home);
  if (token === undefined) throw noService(url);
  const response = await fetch(`${url}/api/v1/session/codes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: personName(config), ...(isPerson && { person: true }) }),
    signal: AbortSignal.timeout(answersWithinMs),
  }).catch((error) => {
    throw noService(url, error);
  });
  if (response.status === 401) {
    throw new GoalAgentError(
      'forbidden',
      `The service at ${url} does not know the local token of ${config.home}: it runs with another GOAL_AGENT_HOME, or for another user.`,
    );
  }
  if (response.status !== 201) throw noService(url);
  const { code } = (await response.json()) as { code: string };
  // a fragment is not sent to any server, so no log has it
  return `${url}/#code=${code}`;
}

/** Shows a page in the browser of this machine's user; says whether there is a program for it. */
export async function openInBrowser(url: string): Promise<boolean> {
  const openers: Partial<Record<NodeJS.Platform, [string, string[]]>> = {
    darwin: ['open', [url]],
    win32: ['rundll32', ['url.dll,FileProtocolHandler', url]],
  };
  const [program, args] = openers[process.platform] ?? ['xdg-open', [url]];
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

function noService(url: string, cause?: unknown): GoalAgentError {
  return new GoalAgentError(
    'unavailable',
    `No service of Goal Agent answers at ${url}. Start it with goal-agent serve, or say with --port where it is.`,
    { cause },
  );
}
