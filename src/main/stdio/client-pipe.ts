import type { Readable, Writable } from 'node:stream';
import { writeJson } from '../../domain/json-text.ts';
import { Batches, refusedBatch } from './batches.ts';
import { Lines } from './lines.ts';
import { type Accepted, type Id, type Message, type Received, readLine } from './message.ts';

/** Bytes of one request: a batch of 500 results of 256 KiB each is 128 MiB, and JSON within JSON may be longer. */
const longestLine = 256 * 1024 * 1024;
/** Bytes of answers that wait for the client to read them; past this nothing more is read from it. */
const mostUnread = 4 * 1024 * 1024;
/** Requests that are worked on; past this nothing more is read, so that their answers stay few. */
const mostOpen = 256;
/** The one revision that has batches. */
const batchRevision = '2025-03-26';
/** Answered when the connection ends, and not before. */
const endless = 'subscriptions/listen';

/**
 * The client at the other end of stdin and stdout: its lines as messages, and answers as lines. It keeps what arrives until
 * somebody takes it, refuses what does not fit, answers a batch as a batch, and stops reading where the client does not read.
 */
export class ClientPipe {
  readonly #input: Readable;
  readonly #output: Writable;
  readonly #lines = new Lines(longestLine);
  readonly #batches = new Batches();
  /** Requests that are not answered yet; of one ID there may be several. */
  readonly #open = new Map<Id, number>();
  #openCount = 0;
  readonly #kept: Accepted[] = [];
  #take: (accepted: Accepted) => void;
  #revision: unknown;
  #inputEnded = false;
  #broken = false;
  #ended = () => {};
  /** When nothing more can come or go: stdin ended, and all that came is answered and written; or stdout broke. */
  readonly ended = new Promise<void>((resolve) => {
    this.#ended = resolve;
  });

  constructor(input: Readable, output: Writable) {
    this.#input = input;
    this.#output = output;
    this.#take = (accepted) => this.#kept.push(accepted);
    output.on('error', () => {
      this.#broken = true;
      this.#endIfDone();
    });
    output.on('drain', () => this.#readOrPause());
    input.on('data', (chunk: Buffer) => {
      for (const line of this.#lines.add(chunk)) this.#line(line);
      this.#readOrPause();
    });
    for (const event of ['end', 'close', 'error']) input.on(event, () => this.#endInput());
  }

  /** From here on `taker` takes what arrives, and before that what is kept. */
  takeWith(taker: (accepted: Accepted) => void): void {
    this.#take = taker;
    for (const accepted of this.#kept.splice(0)) taker(accepted);
  }

  /** A message of ours; an answer settles its request. */
  send(message: object): void {
    const text = writeJson(message);
    if ('id' in message && !('method' in message)) this.answer(message.id as Id, text);
    else this.#write(text);
  }

  /** Answers a request with a text that is the whole answer. */
  answer(id: Id, text: string): void {
    const isOfBatch = this.#batches.has(id);
    this.#settle(id, text);
    if (!isOfBatch) this.#write(text);
    this.#readOrPause();
    this.#endIfDone();
  }

  #line(bytes: Parameters<typeof readLine>[0]): void {
    const line = readLine(bytes);
    if (line.kind === 'blank') return;
    if (line.kind !== 'batch') this.#received(line);
    else if (this.#revision !== batchRevision) for (const answer of refusedBatch(line.entries)) this.#write(answer);
    else {
      const answer = this.#batches.add(line.entries);
      if (answer !== undefined) this.#write(answer);
      for (const entry of line.entries) if (entry.kind !== 'refused') this.#accepted(entry);
    }
  }

  #received(received: Received): void {
    if (received.kind === 'refused') this.#write(received.answer);
    else this.#accepted(received);
  }

  #accepted(accepted: Accepted): void {
    if (accepted.kind === 'request') this.#begin(accepted.id, accepted.message);
    this.#take(accepted);
    // nobody answers a request that was taken back
    if (accepted.kind === 'notification' && accepted.message.method === 'notifications/cancelled') {
      this.#settle(accepted.message.params?.requestId as Id);
      this.#endIfDone();
    }
  }

  #begin(id: Id, { method, params }: Message): void {
    // every revision that has a name here is one that is agreed to when a client asks for it
    if (method === 'initialize') this.#revision = params?.protocolVersion;
    if (method === endless) return;
    this.#open.set(id, (this.#open.get(id) ?? 0) + 1);
    this.#openCount += 1;
  }

  #settle(id: Id, answer?: string): void {
    const line = this.#batches.settle(id, answer);
    if (line !== undefined) this.#write(line);
    const open = this.#open.get(id);
    if (open === undefined) return;
    this.#openCount -= 1;
    if (open === 1) this.#open.delete(id);
    else this.#open.set(id, open - 1);
  }

  #write(text: string): void {
    if (!this.#broken) this.#output.write(`${text}\n`);
  }

  #readOrPause(): void {
    const isBehind = this.#output.writableLength > mostUnread || this.#openCount >= mostOpen;
    if (isBehind) this.#input.pause();
    else if (this.#input.isPaused()) this.#input.resume();
  }

  /** A last line without a newline counts. */
  #endInput(): void {
    if (this.#inputEnded) return;
    this.#inputEnded = true;
    this.#line(this.#lines.rest());
    this.#endIfDone();
  }

  #endIfDone(): void {
    if (this.#broken) this.#ended();
    else if (this.#inputEnded && this.#openCount === 0) this.#output.write('', () => this.#ended());
  }
}
