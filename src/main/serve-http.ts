import type { ServiceAddress } from '../cli/actions.ts';
import { GoalAgentError } from '../domain/errors.ts';
import { createApp } from '../http/app.ts';
import { isLoopback, namesOf } from '../http/guard/addresses.ts';
import { listen, peerOf } from '../http/server.ts';
import { serveBackups } from './backups.ts';
import { begin } from './begin.ts';
import type { Config, Settings } from './config.ts';
import { ensureLocalToken } from './local-token.ts';
import { serviceParts } from './opening/wire-service.ts';
import { serveWebhooks } from './webhooks.ts';

/** Serves HTTP until somebody asks us to stop; `started` is told where it listens. */
export async function serveHttp(settings: Settings, started: (address: ServiceAddress) => void): Promise<void> {
  const { config, refused } = settings;
  // a person or a supervisor started the service, and reads its lines
  if (config === undefined) throw new GoalAgentError('configuration', refused.problems.join('\n'));
  refuseOpenAddress(config);
  const localToken = await ensureLocalToken(config.home);
  const { log, wired } = begin(settings, { isShared: true });
  wired.warmUp();
  const { oauth, publicUrl } = config.http;
  const webhooks = serveWebhooks(config, { wired, log });
  const parts = serviceParts(wired, { log, localToken, oauth, webhookFailures: webhooks.failures });
  const app = createApp(parts, {
    names: namesOf(config.http.host, publicUrl),
    oauth,
    rates: { requests: config.http.requestsAMinute, windowSeconds: 60 },
    urlOf: (requestUrl) => publicUrl?.origin ?? new URL(requestUrl).origin,
    peerOf,
  });
  const stopping = new AbortController();
  const backups = serveBackups(config, { log, signal: stopping.signal });
  try {
    const listening = await listen(app, config.http);
    started({ host: config.http.host, port: listening.port, home: config.home });
    await untilAskedToStop(() => listening.end());
    await listening.stop();
  } finally {
    stopping.abort();
    await backups;
    await webhooks.stop();
    await wired.close();
  }
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
