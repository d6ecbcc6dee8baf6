import { type Deliveries, startDeliveries } from '../service/webhooks/deliveries.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import type { Wired } from './opening/wire.ts';
import { Workspaces } from './opening/workspaces.ts';

export interface Served extends Deliveries {
  /** Deliveries that failed since the start. */
  failures(): number;
}

/** Brings changes to the webhooks of all workspaces while the service runs. */
export function serveWebhooks({ webhooks, readOnly }: Config, { wired, log }: { wired: Wired; log: Log }): Served {
  let failures = 0;
  if (readOnly) return { stop: async () => {}, failures: () => failures };
  const workspaces = new Workspaces();
  const deliveries = startDeliveries({
    openStore: async () => (await wired.openCall({})).store,
    storeOf: (own, workspace) => workspaces.storeOf(own, workspace),
    allowPrivate: webhooks.allowPrivate,
    report: {
      delivered: () => {},
      failed: (webhook, what) => {
        failures += 1;
        log.warn({ webhook }, `the receiver of a webhook ${what}; it is tried again`);
      },
      switchedOff: (webhook, what) =>
        log.warn({ webhook }, `a webhook is off: its receiver ${what}; goal-agent webhook resume lets it go on`),
    },
  });
  return { stop: () => deliveries.stop(), failures: () => failures };
}
