import pg from 'pg';
import { median, quantile, table } from './measure.ts';
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
  const found = { bound: new Figures(), free: new Figures() };
  for (let turn = 0; turn < turns; turn += 1) {
    for (const name of ['bound', 'free'] as const) {
      await write(clients, name, writers * warmUp, new Figures());
      await write(clients, name, rowsPerTurn, found[name]);
    }
  }
  await admin.query('drop table bound, free; drop sequence numbers');
  await Promise.all(clients.map((client) => client.end()));
  table(
    [
      [`events by ${writers} writers with a connection each`, 'per second', 'p50 (ms)', 'p99 (ms)', 'multixacts'],
      ['that refer to the row of their workspace', ...found.bound.row()],
      ['that do not', ...found.free.row()],
    ],
    print,
  );
}

class Figures {
  readonly times: number[] = [];
  elapsedMs = 0;
  multixacts = 0;

  row(): [perSecond: string, p50: number, p99: number, multixacts: string] {
    const sorted = this.times.toSorted((a, b) => a - b);
    const perSecond = Math.round(sorted.length / (this.elapsedMs / 1000)).toString();
    return [perSecond, median(sorted), quantile(sorted, 0.99), this.multixacts.toString()];
  }
}

async function connected(connection: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(connection);
  await client.connect();
  return client;
}

async function write(clients: pg.Client[], name: string, rows: number, figures: Figures): Promise<void> {
  const query = {
    name,
    text: `
      insert into ${name} (workspace_id, seq, operation, actor, action, goal_id, task_id, after)
      select 1, n, n, 'agent', 'updated', 'GOAL-0001', 'TASK-0001', '{"status": "in_progress"}'
      from nextval('numbers') as n`,
  };
  const [admin] = clients as [pg.Client];
  const before = await multixacts(admin);
  const start = performance.now();
  let left = rows;
  await Promise.all(
    clients.map(async (client) => {
      while (left-- > 0) {
        const sent = performance.now();
        await client.query(query);
        figures.times.push(performance.now() - sent);
      }
    }),
  );
  figures.elapsedMs += performance.now() - start;
  figures.multixacts += (await multixacts(admin)) - before;
}

/** How many this server has made since the database's oldest. */
async function multixacts(client: pg.Client): Promise<number> {
  const { rows } = await client.query(
    'select mxid_age(datminmxid) as made from pg_database where datname = current_database()',
  );
  return rows[0].made;
}
