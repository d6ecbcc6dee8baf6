import type pg from 'pg';
import { errorCode } from './errors.ts';
import { Session } from './session.ts';

const alreadyThere = new Set([
  '42P04', // duplicate_database
  '23505', // the same, met by two who create it in the same moment
]);

/**
 * Creates a database where there is none of this name; true when this call did. `maintenance` connects to another
 * database of the same server, as PostgreSQL wants it.
 *
 * @throws pg's DatabaseError, with SQLSTATE 42501 when the user may not create databases.
 */
export async function createDatabase(maintenance: pg.ClientConfig, name: string): Promise<boolean> {
  // not entered: nothing is kept in this database
  const client = new Session({ ...maintenance, application_name: 'goal-agent init' });
  try {
    await client.connect();
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 1) return false;
    // a name cannot be a parameter here
    await client.query(`create database ${client.escapeIdentifier(name)} encoding 'UTF8' template template0`);
    return true;
  } catch (error) {
    if (alreadyThere.has(errorCode(error) ?? '')) return false;
    throw error;
  } finally {
    await client.end();
  }
}
