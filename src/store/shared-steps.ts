import { isConnectionFailure, refusesChanges } from './failures.ts';
import type { Step, Steps } from './steps.ts';

/** Of several changes that were one statement, nothing was done: which of them is to blame is not known. */
export class SharedFailure extends Error {
  constructor(cause: unknown) {
    super('a statement for several changes failed', { cause });
  }
}

type Rows = Record<string, Record<string, unknown>[]>;

interface Change {
  steps: Steps;
}

/**
 * Sends changes that may be one statement as one, and gives back what each of them gets. The others are not in the map.
 *
 * @throws SharedFailure in each of the results, when the statement fails and the connection is there
 */
export function sendShared<C extends Change>(
  changes: readonly C[],
  send: (step: Step) => Promise<{ rows: { place?: number }[] }>,
): Map<C, Promise<Rows>> {
  const answers = new Map<C, Promise<Rows>>();
  for (const group of groupsOf(changes).values()) {
    const [first] = group;
    if (first === undefined || group.length === 1) continue;
    const answer = send(first.shared.together(group.map(({ shared }) => shared.entry))).then(byPlace, (error) => {
      throw isConnectionFailure(error) || refusesChanges(error) ? error : new SharedFailure(error);
    });
    for (const [index, { change, name }] of group.entries()) {
      answers.set(
        change,
        answer.then((rows) => ({ [name]: rows.get(index + 1) ?? [] })),
      );
    }
  }
  return answers;
}

/** The changes of a single step that may be shared, by its kind. */
function groupsOf<C extends Change>(changes: readonly C[]) {
  const groups = new Map<string, { change: C; name: string; shared: NonNullable<Step['shared']> }[]>();
  for (const change of changes) {
    const [[name, step] = ['', undefined], ...others] = Object.entries(change.steps);
    const shared = others.length === 0 ? step?.shared : undefined;
    if (shared === undefined) continue;
    const group = groups.get(shared.kind) ?? [];
    groups.set(shared.kind, [...group, { change, name, shared }]);
  }
  return groups;
}

function byPlace({ rows }: { rows: { place?: number }[] }): Map<number, Record<string, unknown>[]> {
  const places = new Map<number, Record<string, unknown>[]>();
  for (const { place = 0, ...row } of rows) {
    const those = places.get(place);
    if (those === undefined) places.set(place, [row]);
    else those.push(row);
  }
  return places;
}
