import { defineStatement } from '../statement.ts';

/** What no other database of any server has. A copy of a data directory has the original's system identifier, and a mark of its own (store/embedded/data-folder.ts). */
export const findDatabaseIdentity = defineStatement({
  name: 'find_database_identity',
  params: {},
  columns: { identity: 'text' },
  text: `
    select concat_ws(
      '/',
      (select c.system_identifier from pg_control_system() c),
      nullif(current_setting('goal_agent.identity', true), ''),
      d.oid
    ) as identity
    from pg_database d
    where d.datname = current_database()`,
});
