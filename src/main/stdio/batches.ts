import { type Id, type Received, refused } from './message.ts';

/** The answers of one batch, which go out together once all of them exist. */
interface Batch {
  waiting: Set<Id>;
  answers: string[];
}

/** The batches that have unanswered requests. Only revision 2025-03-26 has batches. */
export class Batches {
  readonly #ofRequest = new Map<Id, Batch>();

  /** The line that answers the batch, if all of its answers exist already. */
  add(entries: readonly Received[]): string | undefined {
    const batch: Batch = { waiting: new Set(), answers: [] };
    for (const entry of entries) {
      if (entry.kind === 'refused') batch.answers.push(entry.answer);
      if (entry.kind !== 'request') continue;
      batch.waiting.add(entry.id);
      this.#ofRequest.set(entry.id, batch);
    }
    return lineOf(batch);
  }

  has(id: Id): boolean {
    return this.#ofRequest.has(id);
  }

  /**
   * The request is answered, or never will be.
   * @returns the line that answers its batch, if the request was the last one.
   */
  settle(id: Id, answer?: string): string | undefined {
    const batch = this.#ofRequest.get(id);
    if (batch === undefined) return undefined;
    this.#ofRequest.delete(id);
    batch.waiting.delete(id);
    if (answer !== undefined) batch.answers.push(answer);
    return lineOf(batch);
  }
}

function lineOf({ waiting, answers }: Batch): string | undefined {
  return waiting.size === 0 && answers.length > 0 ? `[${answers.join(',')}]` : undefined;
}

/** For a client that did not agree on batches: each request is refused by its ID, so that the client does not wait. */
export function refusedBatch(entries: readonly Received[]): string[] {
  const problem = 'only protocol revision 2025-03-26 has batches';
  const requests = entries.filter((entry) => entry.kind === 'request');
  if (requests.length === 0) return [refused('null', -32600, problem).answer];
  return requests.map(({ id }) => refused(JSON.stringify(id), -32600, problem).answer);
}
