/** Something that a client did: it took effect at one moment from `from` to `until`, both counted in. */
export interface Observed {
  from: number;
  /** Infinity where the client was never answered: it may have taken effect at any later time, or never. */
  until: number;
}

/** What an object may do, one operation after another. */
export interface Model<State, Operation extends Observed> {
  initial: State;
  /** The states in which the operation may leave the object; none where it cannot have happened in this state. */
  next(state: State, operation: Operation): State[];
  /** Equal for states that are equal. */
  keyOf(state: State): string;
}

/** Why no order of the operations explains what was observed. */
export interface Unexplained<Operation> {
  /** The largest number of operations that an order explains. */
  explained: number;
  /** The operations of which one had to be next then. */
  stuckAt: Operation[];
}

/**
 * Looks for an order of the operations that the model allows, in which none comes before one that had ended before it
 * began: Wing and Gong, "Testing and verifying concurrent objects" (1993). What was reached once is not tried again,
 * as in Lowe, "Testing for linearizability" (2017): a configuration is the set of the operations that are placed,
 * together with the state. Undefined where there is such an order.
 */
export function findUnexplained<State, Operation extends Observed>(
  operations: readonly Operation[],
  model: Model<State, Operation>,
): Unexplained<Operation> | undefined {
  const search = new Search(operations, model);
  return search.run() ? undefined : search.furthest;
}

/** A step of the search: an operation that was placed, and what else could have been in its place. */
interface Frame<State> {
  state: State;
  untried: { place: number; state: State }[];
  placed?: number;
}

class Search<State, Operation extends Observed> {
  /** Those that were answered, and then those that were not; each in the order in which they began. */
  readonly #operations: Operation[];
  readonly #answered: number;
  readonly #model: Model<State, Operation>;
  readonly #isPlaced: boolean[];
  #first = 0;
  #count = 0;
  readonly #reached = new Set<string>();
  furthest: Unexplained<Operation> = { explained: -1, stuckAt: [] };

  constructor(operations: readonly Operation[], model: Model<State, Operation>) {
    const inOrder = operations.toSorted((a, b) => a.from - b.from);
    const answered = inOrder.filter(({ until }) => until !== Infinity);
    this.#operations = [...answered, ...inOrder.filter(({ until }) => until === Infinity)];
    this.#answered = answered.length;
    this.#isPlaced = this.#operations.map(() => false);
    this.#model = model;
  }

  run(): boolean {
    const way: Frame<State>[] = [this.#frame(this.#model.initial)];
    for (let frame = way.at(-1); frame !== undefined; frame = way.at(-1)) {
      if (this.#first === this.#answered) return true;
      if (frame.placed !== undefined) this.#take(frame.placed);
      const next = frame.untried.shift();
      if (next === undefined) {
        way.pop();
        continue;
      }
      frame.placed = next.place;
      this.#put(next.place);
      const key = this.#key(next.state);
      if (this.#reached.has(key)) continue;
      this.#reached.add(key);
      way.push(this.#frame(next.state));
    }
    return false;
  }

  #frame(state: State): Frame<State> {
    const candidates = this.#candidates();
    if (this.#count > this.furthest.explained) {
      const stuckAt = candidates.flatMap((place) => this.#operations[place] ?? []);
      this.furthest = { explained: this.#count, stuckAt };
    }
    const untried = candidates.flatMap((place) =>
      this.#model.next(state, this.#operations[place] as Operation).map((after) => ({ place, state: after })),
    );
    return { state, untried };
  }

  /** What may come next: whatever began before any that is left over has ended. Those never answered are tried last. */
  #candidates(): number[] {
    const found: number[] = [];
    let end = Infinity;
    for (let place = this.#first; place < this.#answered; place += 1) {
      const { from, until } = this.#operations[place] as Operation;
      if (from > end) break;
      if (this.#isPlaced[place]) continue;
      found.push(place);
      end = Math.min(end, until);
    }
    for (let place = this.#answered; place < this.#operations.length; place += 1) {
      if (!this.#isPlaced[place] && (this.#operations[place] as Operation).from <= end) found.push(place);
    }
    return found;
  }

  #put(place: number): void {
    this.#isPlaced[place] = true;
    this.#count += 1;
    while (this.#first < this.#answered && this.#isPlaced[this.#first]) this.#first += 1;
  }

  #take(place: number): void {
    this.#isPlaced[place] = false;
    this.#count -= 1;
    if (place < this.#answered) this.#first = Math.min(this.#first, place);
  }

  /** All before `#first` are placed: only those after it have to be named. */
  #key(state: State): string {
    const beyond: number[] = [];
    let left = this.#count - this.#first;
    for (let place = this.#first; left > 0; place += 1) {
      if (!this.#isPlaced[place]) continue;
      beyond.push(place);
      left -= 1;
    }
    return `${this.#first} ${beyond} ${this.#model.keyOf(state)}`;
  }
}
