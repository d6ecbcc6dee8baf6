import type pg from 'pg';

/** The way to a database, with all that a session needs to log in there. */
export type ConnectionConfig = pg.ClientConfig;
