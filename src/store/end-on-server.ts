import type { Session } from './session.ts';

/**
 * Has the server end the process of a session that is lost, where it waits for a word that cannot come any more: it would
 * keep its locks until the server notices by itself, and between a statement and the end of its packet no time limit of the
 * server counts. A process at work is left alone: it comes to its end, and its commit may wait for a standby.
 */
export async function endOnServer({ backend }: Pick<Session, 'backend'>, by: Session): Promise<void> {
  if (backend === undefined) return;
  await by.query(
    `select pg_terminate_backend(a.pid)
     from pg_stat_activity a
     where a.pid = $1 and a.backend_start = $2::timestamptz and a.wait_event = 'ClientRead'`,
    [backend.pid, backend.begunAt],
  );
}
