import { type Id, type Received, refused } from './message.ts';

/** The answers of one batch, which go out together once all are there. */
interface Batch {
  waiting: Set<Id>;
  answers: string[];
}

/** The batches whose requests are not all answered. Revision 2025-03-26 alone has them. */
export class Batches {
  readonly #ofRequest = new Map<Id, Batch>();

  /** The line that answers the batch, if nothing of it has to be waited for. */
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
   * @returns the line that answers its batch, if it was the last of it.
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

/** Where batches were not agreed: each request of it is refused by its ID, so that nobody waits. */
export function refusedBatch(entries: readonly Received[]): string[] {
  const problem = 'only protocol revision 2025-03-26 has batches';
  const requests = entries.filter((entry) => entry.kind === 'request');
  if (requests.length === 0) return [refused('null', -32600, problem).answer];
  return requests.map(({ id }) => refused(JSON.stringify(id), -32600, problem).answer);
}
