import type pg from 'pg';

/** Calls a tool, and gives back its answer. */
type Call = (tool: string, args: Record<string, unknown>) => Promise<unknown>;

const fewest = 8;

/** What there is to name in a call: the storm takes it away all the time, and it is made anew. */
export class World {
  readonly #sql: pg.Client;
  readonly #call: Call;
  #known: Record<string, string[]> = {};
  readonly #cursors: string[] = [];

  constructor(sql: pg.Client, call: Call) {
    this.#sql = sql;
    this.#call = call;
  }

  /** Looks at what there is, and makes more where little is left. */
  async refresh(): Promise<void> {
    const goals = await this.#ids(
      `select id from goals where status not in ('completed', 'cancelled') order by number desc limit 40`,
    );
    if (goals.length < fewest) {
      for (let n = goals.length; n < fewest * 2; n += 1) await this.#make(n);
      return this.refresh();
    }
    this.#known = {
      goal: goals,
      task: await this.#ids('select id from tasks order by (status = $1), number desc limit 60', ['completed']),
      event: await this.#ids('select seq::text as id from events order by seq desc limit 40'),
      fence: await this.#ids('select fence::text as id from tasks where fence > 0 order by number desc limit 20'),
      webhook: await this.#ids('select id::text as id from webhooks limit 20'),
      cursor: this.#cursors,
    };
  }

  /** An answer may say where the next page begins. */
  note(answer: string): void {
    const cursor = /"next_cursor":"([^"]{1,100})"/.exec(answer)?.[1];
    if (cursor !== undefined) this.#cursors[Math.floor(Math.random() * 20) % (this.#cursors.length + 1)] = cursor;
  }

  /** JSON or an address with what is there in place of `<goal 3>`, and numbers in place of `<raw 1e400>`. */
  named(text: string): string {
    return text
      .replace(/"<(event|fence|undo_of) (\d+)>"/g, (_, kind, place) => this.#pick(kind, place) ?? '1')
      .replace(/<(goal|task|event|fence|cursor|webhook) (\d+)>/g, (_, kind, place) => this.#pick(kind, place) ?? '1')
      .replace(/"<raw ([^>"]+)>"/g, '$1');
  }

  #pick(kind: string, place: string): string | undefined {
    const known = this.#known[kind] ?? [];
    return known.length === 0 ? undefined : known[Number(place) % known.length];
  }

  async #ids(query: string, values: unknown[] = []): Promise<string[]> {
    const { rows } = await this.#sql.query<{ id: string }>(query, values);
    return rows.map(({ id }) => id);
  }

  async #make(n: number): Promise<void> {
    const goal = { description: `a goal ${n}`, labels: ['ui'], metadata: { a: 1 }, repos: ['app'] };
    const { id } = (await this.#call('create_goal', goal)) as { id: string };
    const subtasks = Array.from({ length: 5 }, (_, place) => ({
      description: `step ${place}`,
      labels: ['api'],
      criteria: ['it is there', { text: 'somebody looked', human: true }],
      ...(place > 2 && { dependencies: ['#1'] }),
    }));
    await this.#call('break_down_goal', { goal_id: id, subtasks });
    await this.#call('claim_tasks', { goal_id: id, agent: 'ann' });
    await this.#call('save_template', { name: n % 2 === 0 ? 'weekly' : 'release', goal_id: id });
  }
}
