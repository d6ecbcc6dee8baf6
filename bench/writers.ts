import pg from 'pg';
import { Figures, table } from './measure.ts';
import type { Setting } from './setting.ts';

const writers = 30;
const turns = 4;
const rowsPerTurn = 10_000;
const warmUp = 20;

/**
 * Many writers of one workspace who each add an event, by turns into a table whose rows refer to the workspace's, and
 * into one whose rows do not, as ours. A foreign key locks the row that it refers to, and of two who lock one row at the
 * same moment the second writes down both, as a multixact.
 */
export async function benchWriters({ connection }: Setting, print: (line: string) => void): Promise<void> {
  const clients = await Promise.all(Array.from({ length: writers }, () => connected(connection)));
  const [admin] = clients as [pg.Client];
  await admin.query(`
    create table bound (like events including all, foreign key (workspace_id) references workspaces (id));
    create table free (like events including all);
    create sequence numbers`);
  const found = {
    bound: { figures: new Figures(), multixacts: 0 },
    free: { figures: new Figures(), multixacts: 0 },
  };
  for (let turn = 0; turn < turns; turn += 1) {
    for (const name of ['bound', 'free'] as const) {
      const write = (client: pg.Client) => anEvent(client, name);
      await new Figures().add(clients, writers * warmUp, write);
      const before = await multixacts(admin);
      await found[name].figures.add(clients, rowsPerTurn, write);
      found[name].multixacts += (await multixacts(admin)) - before;
    }
  }
  await admin.query('drop table bound, free; drop sequence numbers');
  await Promise.all(clients.map((client) => client.end()));
  const row = ({ figures, multixacts }: typeof found.free) => [...figures.cells(), multixacts.toString()];
  table(
    [
      [`events by ${writers} writers with a connection each`, 'per second', 'p50 (ms)', 'p99 (ms)', 'multixacts'],
      ['that refer to the row of their workspace', ...row(found.bound)],
      ['that do not', ...row(found.free)],
    ],
    print,
  );
}

async function connected(connection: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(connection);
  await client.connect();
  return client;
}

/** How long it took, in milliseconds. */
async function anEvent(client: pg.Client, name: string): Promise<number> {
  const start = performance.now();
  await client.query({
    name,
    text: `
      insert into ${name} (workspace_id, seq, operation, actor, action, goal_id, task_id, after)
      select 1, n, n, 'agent', 'updated', 'GOAL-0001', 'TASK-0001', '{"status": "in_progress"}'
      from nextval('numbers') as n`,
  });
  return performance.now() - start;
}

/** How many this server has made since the database's oldest. */
async function multixacts(client: pg.Client): Promise<number> {
  const { rows } = await client.query(
    'select mxid_age(datminmxid) as made from pg_database where datname = current_database()',
  );
  return rows[0].made;
}
