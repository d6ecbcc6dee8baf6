import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type Measures, measuredAtMost } from '../service/measures.ts';
import type { AgentFacts } from '../tools/define/define-tool.ts';
import type { Observation } from '../tools/define/run-tool.ts';

/** Seconds: a call costs about one round trip. */
const buckets = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export interface Sources {
  measures(): Promise<Measures>;
  cache(): AgentFacts['cache'];
  readers(): number;
  webhookFailures(): number;
}

/** What a monitor reads of one process, in the text format of Prometheus. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #calls: Counter<'tool' | 'outcome'>;
  readonly #durations: Histogram<'tool'>;
  readonly #measure: () => Promise<void>;

  constructor(sources: Sources) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#calls = new Counter({
      name: 'goal_agent_calls_total',
      help: 'Calls of each tool, by what they came to: ok, or the code of the error',
      labelNames: ['tool', 'outcome'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'goal_agent_call_seconds',
      help: 'How long the calls of each tool took',
      labelNames: ['tool'],
      buckets,
      registers,
    });
    this.#gauge('goal_agent_change_readers', 'Readers of changes that are connected', sources.readers);
    this.#gauge('goal_agent_webhook_failures', 'Deliveries that failed since the start', sources.webhookFailures);
    for (const name of ['hits', 'misses', 'errors'] as const) {
      this.#gauge(
        `goal_agent_cache_${name}`,
        `Reads of the cache since the start: ${name}`,
        () => sources.cache()[name],
      );
    }
    this.#gauge('goal_agent_cache_enabled', '1 while the cache is in use', () => (sources.cache().enabled ? 1 : 0));
    this.#measure = this.#measured(sources);
  }

  observe({ tool, outcome, seconds }: Observation): void {
    this.#calls.inc({ tool, outcome });
    this.#durations.observe({ tool }, seconds);
  }

  /** `goal_agent_up` is 0 where the database cannot be asked; what is of the process is told all the same. */
  async render(): Promise<{ text: string; contentType: string }> {
    // each series is written as it is reached: what comes from one measurement has to be there before
    await this.#measure();
    return { text: await this.#registry.metrics(), contentType: this.#registry.contentType };
  }

  #gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read());
      },
    });
  }

  /** The series of the database; gives back what measures them. */
  #measured({ measures }: Sources): () => Promise<void> {
    const registers = [this.#registry];
    const tasks = new Gauge({
      name: 'goal_agent_tasks',
      help: `Tasks of the service's workspace by what they are, counted up to ${measuredAtMost}`,
      labelNames: ['state'],
      registers,
    });
    const leases = gaugeOf('goal_agent_claims', 'Claims whose lease runs', registers);
    const runOut = gaugeOf(
      'goal_agent_leases_run_out',
      'Claims whose lease ran out, and whose task nobody took yet',
      registers,
    );
    const snapshot = gaugeOf(
      'goal_agent_oldest_snapshot_seconds',
      'Age of the oldest snapshot held in the database',
      registers,
    );
    const events = gaugeOf(
      'goal_agent_last_event',
      'The last number of the history; its rate is events a second',
      registers,
    );
    const pool = new Gauge({
      name: 'goal_agent_pool',
      help: 'Connections of this process to the database, and calls that wait for one',
      labelNames: ['state'],
      registers,
    });
    const up = gaugeOf('goal_agent_up', '1 while the database answers', registers);
    return async () => {
      try {
        const now = await measures();
        up.set(1);
        tasks.set({ state: 'ready' }, now.ready);
        tasks.set({ state: 'in_progress' }, now.inProgress);
        tasks.set({ state: 'blocked' }, now.blocked);
        tasks.set({ state: 'failed' }, now.failed);
        leases.set(now.claims);
        runOut.set(now.leasesRunOut);
        snapshot.set(now.oldestSnapshotSeconds);
        events.set(now.lastEvent);
        for (const [state, count] of Object.entries(now.pool)) pool.set({ state }, count);
      } catch {
        up.set(0);
      }
    };
  }
}

function gaugeOf(name: string, help: string, registers: Registry[]): Gauge {
  return new Gauge({ name, help, registers });
}
