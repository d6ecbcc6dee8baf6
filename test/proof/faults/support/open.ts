import pg from 'pg';
import type { SharedGoals } from './calls.ts';
import type { Session } from './session.ts';

/** The goals that all writers share, made by one of their sessions before the first fault. */
export async function makeSharedGoals(session: Session): Promise<SharedGoals> {
  const make = async (description: string) => {
    const args = { description, request_id: description, metadata: { max_attempts: 1_000_000 } };
    for (let tries = 1; ; tries += 1) {
      const { answer, error } = await session.call('create_goal', args);
      if (error === undefined) return String(answer.id);
      // on a busy machine a first start takes longer than a call waits for it
      if (tries === 5) throw new Error(error);
    }
  };
  const shared = { common: await make('worked on by all'), claimed: await make('claimed from by all') };
  await session.close();
  return shared;
}

/** Runs `work` on a connection of its own: one that is kept would be lost with the next fault. */
export async function looking<T>(config: pg.ClientConfig, work: (sql: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(config);
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
