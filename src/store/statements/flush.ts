import { defineStatement } from '../statement.ts';

/** A transaction that waits for the disk and writes next to nothing: the log is flushed in order, and with it all before it. */
export const flush = defineStatement({
  name: 'flush',
  params: {},
  columns: { done: 'bool' },
  text: `
    select pg_logical_emit_message(true, 'goal-agent', '') is not null as done`,
});
