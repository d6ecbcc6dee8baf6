import { defineStatement } from '../statement.ts';
import { exactTime } from './sql.ts';

/** The time by the database's clock, to the microsecond. */
export const findTime = defineStatement({
  name: 'find_time',
  params: {},
  columns: { now: 'text' },
  text: `select ${exactTime('clock_timestamp()')} as now`,
});
