import { openStore } from '../../../src/store/store.ts';
import { type Habits, work } from './agent.ts';
import { Record } from './record.ts';

// A process with agents that share its store, as those of one service do. What they ask and are told is written down at
// once, so that a kill -9 leaves no call unmentioned.

/** What the process is started with. */
export interface Work {
  connection: object;
  file: string;
  /** The moment, of process.hrtime, that times are counted from. */
  origin: string;
  /** The number of its first agent: no agent of any process has that of another. */
  first: number;
  agents: number;
  connections: number;
  habits: Habits;
}

const { connection, file, origin, first, agents, connections, habits }: Work = JSON.parse(process.argv[2] ?? '{}');
const store = await openStore({
  connect: async () => connection,
  workspace: 'default',
  poolSize: connections,
  maxOverflow: 0,
  timeoutMs: 60_000,
  prepared: true,
  warn: () => {},
});
const record = new Record(file, BigInt(origin));
await Promise.all(
  Array.from({ length: agents }, (_, n) =>
    work({ call: { store, actor: `agent-${first + n}` }, process: first + n, record, habits }),
  ),
);
await store.database.close();
