import { fileURLToPath } from 'node:url';
import type { ListenOptions, ServiceAddress } from '../cli/actions.ts';
import { GoalAgentError } from '../domain/errors.ts';
import { createApp } from '../http/app.ts';
import { BoardFiles } from '../http/board/files.ts';
import { Sessions } from '../http/board/sessions.ts';
import { isLoopback, namesOf } from '../http/guard/addresses.ts';
import { listen, peerOf } from '../http/server.ts';
import { forgetService, recordService } from '../machine/service/record.ts';
import { adminParts } from './admin-parts.ts';
import { serveBackups } from './backups.ts';
import { begin } from './begin.ts';
import type { Config, Settings } from './config.ts';
import { ensureLocalToken } from './local-token.ts';
import { serviceParts } from './opening/wire-service.ts';
import { version } from './version.ts';
import { serveWebhooks } from './webhooks.ts';

/** This file is two levels below the package in src/ and in dist/. */
const boardDirectory = fileURLToPath(new URL('../../dist/web', import.meta.url));

interface ServeHttp {
  settings: Settings;
  /** The settings as they are when it is called. */
  readAgain(): Config;
  options: ListenOptions;
  /** Told where the service listens. */
  started: (address: ServiceAddress) => void;
}

/** Serves HTTP until somebody asks us to stop. */
export async function serveHttp({ settings, readAgain, options, started }: ServeHttp): Promise<void> {
  const { config, refused } = settings;
  // a person or a supervisor started the service, and reads its lines
  if (config === undefined) throw new GoalAgentError('configuration', refused.problems.join('\n'));
  refuseOpenAddress(config);
  const files = await BoardFiles.read(boardDirectory);
  const localToken = await ensureLocalToken(config.home);
  const { log, wired } = begin(settings, { isShared: true, isBackground: options.background ?? false });
  wired.warmUp();
  const { oauth, publicUrl } = config.http;
  const webhooks = serveWebhooks(config, { wired, log });
  const backups = serveBackups(config, { log, readAgain });
  const admin = adminParts(config, { log, backups });
  const parts = serviceParts(wired, { admin, log, localToken, oauth, webhookFailures: webhooks.failures });
  const app = createApp(parts, {
    names: namesOf(config.http.host, publicUrl),
    oauth,
    rates: { requests: config.http.requestsAMinute, windowSeconds: 60 },
    board: {
      files,
      sessions: new Sessions(localToken),
      secureHost: publicUrl?.protocol === 'https:' ? publicUrl.host : undefined,
    },
    urlOf: (requestUrl) => publicUrl?.origin ?? new URL(requestUrl).origin,
    peerOf,
  });
  try {
    const listening = await listen(app, config.http);
    const { host } = config.http;
    const { port } = listening;
    // a home that takes no record must not keep anybody from being served
    await recordService(config.home, { host, port, version, options: listed(options) }).catch((error) =>
      log.warn({ err: error }, 'the service could not be recorded, so goal-agent stop does not find it'),
    );
    started({ host, port, publicUrl: publicUrl?.origin, home: config.home });
    await untilAskedToStop(() => listening.end());
    wired.endWaits();
    await listening.stop();
  } finally {
    await backups.stop();
    await webhooks.stop();
    admin.sender.close();
    await wired.close();
    // last: whoever sees no record may open the data
    await forgetService(config.home).catch((error) => log.warn({ err: error }, 'the record of the service is left'));
  }
}

/** The options as they are typed, for a restart. */
function listed({ host, port }: ListenOptions): string[] {
  return [...(host === undefined ? [] : ['--host', host]), ...(port === undefined ? [] : ['--port', port])];
}

/** Off this machine nobody but a TLS proxy should carry tokens, and without tokens nobody may come in at all. */
function refuseOpenAddress({ http: { host, publicUrl } }: Config): void {
  if (isLoopback(host) || publicUrl !== undefined) return;
  throw new GoalAgentError(
    'configuration',
    `The service would listen on ${host}, which other machines can reach. Set GOAL_AGENT_PUBLIC_URL to the https URL of the proxy in front of it; every caller then needs a token of goal-agent token create.`,
  );
}

/** The first signal asks; a second one ends at once. */
async function untilAskedToStop(endAtOnce: () => void): Promise<void> {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  await new Promise<void>((resolve) => {
    for (const signal of signals) process.once(signal, () => resolve());
  });
  for (const signal of signals) {
    process.once(signal, () => {
      endAtOnce();
      process.exit(1);
    });
  }
}
