import { defineStatement } from '../statement.ts';

/** What no other database of any server has. */
export const findDatabaseIdentity = defineStatement({
  name: 'find_database_identity',
  params: {},
  columns: { identity: 'text' },
  text: `
    select concat_ws('/', (select c.system_identifier from pg_control_system() c), d.oid) as identity
    from pg_database d
    where d.datname = current_database()`,
});
