import { isIPv6 } from 'node:net';
import { z } from 'zod';
import { keeperName } from '../../domain/names.ts';
import type { Machine } from '../machine.ts';
import type { ServiceRecord } from './record.ts';

const Readiness = z.object({ ready: z.boolean(), reason: z.string().optional(), is_starting: z.boolean().optional() });
/** `unreachable`: nothing answers at the address, or something else than a service of ours. */
export type Readiness = z.infer<typeof Readiness> | 'unreachable';

const patienceMs = 5_000;

/** The URL by which a program on this machine reaches the service. */
export function localUrl({ host, port }: Pick<ServiceRecord, 'host' | 'port'>): string {
  const own: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
  const name = own[host] ?? host;
  return `http://${isIPv6(name) ? `[${name}]` : name}:${port}`;
}

/** What the service says of its database. */
export async function askReadiness(service: ServiceRecord): Promise<Readiness> {
  try {
    const response = await fetch(`${localUrl(service)}/ready`, { signal: AbortSignal.timeout(patienceMs) });
    return Readiness.parse(await response.json());
  } catch {
    return 'unreachable';
  }
}

/** The answer of get_agent_status, as JSON; undefined where the service does not give it. */
export function askStatus(machine: Machine, service: ServiceRecord): Promise<unknown> {
  return ask(machine, service, '/api/v1/status');
}

const Clients = z.object({ clients: z.array(z.object({ name: z.string(), last_seen: z.string() })) });
export type Clients = z.infer<typeof Clients>['clients'];

/** Who has called the service lately, the last first; undefined where the service does not say. */
export async function askClients(machine: Machine, service: ServiceRecord): Promise<Clients | undefined> {
  return Clients.safeParse(await ask(machine, service, '/api/v1/clients')).data?.clients;
}

const Reloaded = z.object({
  schedule: z.object({ directory: z.string(), every_seconds: z.number(), keep: z.number() }).nullable().optional(),
  /** In place of the schedule: why the settings cannot be read. */
  detail: z.string().optional(),
});
type Reloaded = Pick<z.infer<typeof Reloaded>, 'schedule'> & { problem?: string | undefined };

/** Lets the service read its schedule of backups again; undefined where it does not answer. */
export async function askToReloadBackups(machine: Machine, service: ServiceRecord): Promise<Reloaded | undefined> {
  const answer = await send(machine, service, { method: 'POST', path: '/api/v1/backups/reload' });
  const parsed = Reloaded.safeParse(await answer?.json().catch(() => undefined)).data;
  return parsed && { schedule: parsed.schedule, problem: parsed.detail };
}

async function ask(machine: Machine, service: ServiceRecord, path: string): Promise<unknown> {
  const answer = await send(machine, service, { method: 'GET', path });
  return answer?.ok ? answer.json().catch(() => undefined) : undefined;
}

async function send(
  machine: Machine,
  service: ServiceRecord,
  { method, path }: { method: string; path: string },
): Promise<Response | undefined> {
  const token = await machine.localToken();
  if (token === undefined) return undefined;
  try {
    const headers = { authorization: `Bearer ${token}`, 'x-agent-name': keeperName };
    const signal = AbortSignal.timeout(patienceMs);
    return await fetch(`${localUrl(service)}${path}`, { method, headers, signal });
  } catch {
    return undefined;
  }
}
