import type { Client } from '@modelcontextprotocol/client';
import { aService, connectClient, type ServiceProcess } from './service-process.ts';
import type { Tenant, World } from './tenants.ts';

/** What a tenant's requests name. */
export interface Subject {
  secret: string;
  /** The number of an event of this tenant. */
  own: number;
  /** The number of an event of another tenant, who was there first; in a world without one, of no event. */
  foreign: number;
  /** The position of the same. */
  foreignPosition: string;
}

export interface Request {
  path: string;
  body?: unknown;
}

/** A tenant's way to a service of its world. */
export interface TenantWay {
  service: ServiceProcess;
  client: Client;
  /** What the service answers, in words that two worlds have in common. */
  answers(method: string, requests: (subject: Subject) => Request[]): Promise<string[]>;
  hidden(answer: unknown): string;
}

/** Every number of the history in this world has seven digits, from here on: whatever else is counted has fewer. */
export async function withLongNumbers(world: World): Promise<World> {
  await world.sql.query(`select setval('history_numbers', 1000000)`);
  return world;
}

/** Lives until the end of the file: call it at the file's top. */
export async function aWay({ connection, sql }: World, tenant: Tenant, other?: Tenant): Promise<TenantWay> {
  const service = await aService({ database: connection });
  const headers = { authorization: `Bearer ${tenant.secret}` };
  const client = await connectClient(`${service.url}/mcp`, 'modern', headers);
  const numbers = async ({ store: { workspaceId } }: Tenant) =>
    (
      await sql.query(
        `select seq from events where workspace_id = $1 union select seq from operations where workspace_id = $1 order by seq`,
        [workspaceId],
      )
    ).rows.map((row) => String(row.seq));
  const own = await numbers(tenant);
  const foreign = other === undefined ? '1000000' : ((await numbers(other)).at(-1) ?? '');
  const positions = await service.request('GET', '/api/v1/changes?since=0', {
    headers: { authorization: `Bearer ${(other ?? tenant).secret}` },
  });
  const foreignPosition = other === undefined ? '1000000-000000000000' : positions.body.changes[0].position;
  const hidden = (answer: unknown) =>
    JSON.stringify(answer)
      .replaceAll(foreign, '<foreign>')
      .replaceAll(/\b1\d{6}\b/g, (seq) => (own.includes(seq) ? `#${own.indexOf(seq)}` : seq))
      .replaceAll(/(#\d+)-[0-9a-f]{12}/g, '$1')
      .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uuid>')
      .replaceAll(/\bgat_\d+_\w+/g, '<secret>')
      .replaceAll(/whsec_[\w+/=]+/g, '<secret>')
      .replaceAll(/\bwh_[0-9a-f]{12}/g, '<webhook>')
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)/g, '<time>')
      .replaceAll(/\b\d\d:\d\d(?::\d\d)?Z/g, '<time>');
  const subject = { secret: tenant.secret, own: Number(own[0]), foreign: Number(foreign), foreignPosition };
  return {
    service,
    client,
    hidden,
    async answers(method, requests) {
      const answers = requests(subject).map(({ path, body }) => service.request(method, path, { headers, body }));
      return (await Promise.all(answers)).map(({ status, body, text }) => hidden([status, body ?? text]));
    },
  };
}
