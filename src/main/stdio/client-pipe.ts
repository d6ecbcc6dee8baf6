import type { Readable, Writable } from 'node:stream';
import { writeJson } from '../../domain/json-text.ts';
import { Batches, refusedBatch } from './batches.ts';
import type { EarlyAnswers } from './early-answers.ts';
import { Lines } from './lines.ts';
import { type Accepted, type Id, type Message, type Received, readLine } from './message.ts';

/** Bytes of one request: a batch of 500 results of 256 KiB each is 128 MiB, and JSON within JSON may be longer. */
const longestLine = 256 * 1024 * 1024;
/** The bytes of answers that may wait for the client; past this the server reads nothing more from it. */
const mostUnread = 4 * 1024 * 1024;
/** The number of open requests; past this the server reads nothing more, so that their answers stay few. */
const mostOpen = 256;
/** The one revision that has batches. */
const batchRevision = '2025-03-26';
/** The number of requests that were answered early; the server answers them once more when it takes them. */
const answeredPrefix = '\0answered ';
/** The requests that are answered only when the connection ends. */
const endless = 'subscriptions/listen';

/**
 * The client at the other end of stdin and stdout: its lines as messages, and answers as lines. It keeps arriving
 * messages until a taker comes, refuses messages that do not fit, answers a batch as a batch, and stops reading where
 * the client does not read.
 */
export class ClientPipe {
  readonly #input: Readable;
  readonly #output: Writable;
  readonly #lines = new Lines(longestLine);
  readonly #batches = new Batches();
  /** Requests that are not answered yet; several may have one ID. */
  readonly #open = new Map<Id, number>();
  #openCount = 0;
  readonly #kept: Accepted[] = [];
  #take: (accepted: Accepted) => void;
  #onKept: (isAnswered: boolean) => void = () => {};
  #revision: unknown;
  #hasInputEnded = false;
  #inputEnded = () => {};
  /** Settled when the client sends nothing more. */
  readonly inputEnded = new Promise<void>((resolve) => {
    this.#inputEnded = resolve;
  });
  #broken = false;
  #ended = () => {};
  /** Settled when stdin ended and all answers are written, when stdout broke, or when `stop` was called. */
  readonly ended = new Promise<void>((resolve) => {
    this.#ended = resolve;
  });

  /** @param early gives the results that need no server, as JSON text */
  constructor(input: Readable, output: Writable, early: EarlyAnswers) {
    this.#input = input;
    this.#output = output;
    this.#take = (accepted) => this.#keep(accepted, early);
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

  /** Ends without waiting for anything. */
  stop(): void {
    this.#ended();
  }

  /** From now on `taker` gets the messages: first the kept ones, then those that arrive. */
  takeWith(taker: (accepted: Accepted) => void): void {
    this.#take = taker;
    for (const accepted of this.#kept.splice(0)) taker(accepted);
  }

  /** Waits for a message that needs the server, for a while without messages, or for the end. */
  untilNeeded(quietMs: number): Promise<'needed' | 'ended'> {
    const needed = new Promise<'needed'>((resolve) => {
      const quiet = setTimeout(() => {
        const before = this.#kept.length;
        // on a busy machine the time is over before the arrived bytes are read
        setImmediate(() => {
          if (this.#kept.length === before) resolve('needed');
        });
      }, quietMs);
      this.#onKept = (isAnswered) => {
        if (isAnswered) quiet.refresh();
        else resolve('needed');
      };
    });
    return Promise.race([this.ended.then(() => 'ended' as const), needed]);
  }

  /** A message of ours; an answer settles its request. */
  send(message: object): void {
    const text = writeJson(message);
    if ('id' in message && !('method' in message)) this.answer(message.id as Id, text);
    else this.#write(text);
  }

  /** Answers a request with a text that is the whole answer. */
  answer(id: Id, text: string): void {
    if (typeof id === 'string' && id.startsWith(answeredPrefix)) return;
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
    // a cancelled request gets no answer
    if (accepted.kind === 'notification' && accepted.message.method === 'notifications/cancelled') {
      this.#settle(accepted.message.params?.requestId as Id);
      this.#endIfDone();
    }
  }

  /** The server gets every message, and thereby learns the facts about the connection. */
  #keep(accepted: Accepted, early: EarlyAnswers): void {
    const result = early(accepted);
    if (accepted.kind === 'request' && result !== undefined) {
      this.answer(accepted.id, `{"jsonrpc":"2.0","id":${writeJson(accepted.id)},"result":${result}}`);
      // under an ID that no other request has
      const id = `${answeredPrefix}${this.#kept.length}`;
      this.#kept.push({ kind: 'request', id, message: { ...accepted.message, id } });
    } else this.#kept.push(accepted);
    this.#onKept(result !== undefined || accepted.kind === 'notification');
  }

  #begin(id: Id, { method, params }: Message): void {
    // the server agrees to every revision in this list when a client asks for it
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
    if (this.#hasInputEnded) return;
    this.#hasInputEnded = true;
    this.#line(this.#lines.rest());
    this.#inputEnded();
    this.#endIfDone();
  }

  #endIfDone(): void {
    if (this.#broken) this.#ended();
    else if (this.#hasInputEnded && this.#openCount === 0) this.#output.write('', () => this.#ended());
  }
}
