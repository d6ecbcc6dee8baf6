import net from 'node:net';
import { functions } from '../../../src/store/functions/index.ts';
import { gateNotice, isGated } from './gates.ts';

/** Statements that go on by themselves: they meet nobody, or stop at a gate inside. */
const passes = new RegExp(
  [
    'begin isolation level',
    '(?:re)?set synchronous_commit',
    'rollback',
    'pg_logical_emit_message',
    '\\0flush\\0',
    ...functions.filter(isGated).map(({ name }) => name),
  ].join('|'),
);

/**
 * The way of one session to its server, which lets through one statement at a time. What the program sends is held back here in
 * whole messages; where a statement runs in a function with gates, the server says when it waits at one.
 */
export class SteppedSocket extends net.Socket {
  /** The session's process at the server. */
  pid = 0;
  /** Whether the session waits at a gate inside a function. */
  isAtInnerGate = false;
  /** Failures that the server told, by their SQLSTATE. */
  failures: string[] = [];
  /** Told of everything that may have moved the operation on. */
  moved = () => {};
  #isStepped = false;
  /** Whole statements that wait to be sent. */
  #waiting: Buffer[] = [];
  #unsent: Buffer = Buffer.alloc(0);
  #unread: Buffer = Buffer.alloc(0);
  /** Statements that were sent and not answered. */
  #underWay = 0;
  /** Of a transaction that only reads: what follows its first statement sees nothing that others do meanwhile. */
  #snapshot: 'none' | 'begun' | 'taken' = 'none';

  constructor() {
    super();
    this.on('data', (bytes) => this.#read(bytes));
  }

  /** From now on, statements are held back. */
  hold(): void {
    this.#isStepped = true;
    this.isAtInnerGate = false;
    this.failures = [];
  }

  /** From now on, statements go through, those that are held back first. */
  letThrough(): void {
    this.#isStepped = false;
    this.isAtInnerGate = false;
    for (const statement of this.#waiting.splice(0)) this.#send(statement);
  }

  /** Whether a statement is held back here. */
  get isAtOuterGate(): boolean {
    return this.#waiting.length > 0 && this.#underWay === 0 && !this.isAtInnerGate;
  }

  /** Sends the statement that is held back. */
  open(): void {
    const statement = this.#waiting.shift();
    if (statement === undefined) throw new Error('no statement is held back');
    this.#send(statement);
    this.#sendWhatPasses();
  }

  override _write(chunk: Buffer, _: BufferEncoding, written: (error?: Error | null) => void): void {
    if (!this.#isStepped) {
      super._write(chunk.toString('latin1'), 'latin1', written);
      return;
    }
    this.#hold(chunk);
    written();
  }

  override _writev(chunks: { chunk: Buffer }[], written: (error?: Error | null) => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'latin1', written);
  }

  #hold(bytes: Buffer): void {
    this.#unsent = Buffer.concat([this.#unsent, bytes]);
    for (let end = endOfStatement(this.#unsent); end !== undefined; end = endOfStatement(this.#unsent)) {
      this.#waiting.push(this.#unsent.subarray(0, end));
      this.#unsent = this.#unsent.subarray(end);
    }
    this.#sendWhatPasses();
    this.moved();
  }

  #sendWhatPasses(): void {
    for (let [next] = this.#waiting; next !== undefined && this.#passes(next); [next] = this.#waiting) {
      this.#waiting.shift();
      this.#send(next);
    }
  }

  #passes(statement: Buffer): boolean {
    return this.#snapshot === 'taken' || passes.test(statement.toString('latin1'));
  }

  #send(statement: Buffer): void {
    const text = statement.toString('latin1');
    if (text.includes('begin isolation level repeatable read')) this.#snapshot = 'begun';
    else if (/\0?(?:commit|rollback)\0/.test(text)) this.#snapshot = 'none';
    else if (this.#snapshot === 'begun') this.#snapshot = 'taken';
    this.#underWay += 1;
    super._write(text, 'latin1', () => {});
  }

  /** Goes through what the server answers, message by message. */
  #read(bytes: Buffer): void {
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes]);
    while (this.#unread.length >= 5) {
      const end = 1 + this.#unread.readUInt32BE(1);
      if (this.#unread.length < end) return;
      this.#take(String.fromCharCode(this.#unread[0] ?? 0), this.#unread.subarray(5, end));
      this.#unread = this.#unread.subarray(end);
    }
  }

  #take(kind: string, body: Buffer): void {
    if (kind === 'K') this.pid = body.readInt32BE(0);
    else if (kind === 'E') this.failures.push(/\0C(\w{5})\0/.exec(body.toString('latin1'))?.[1] ?? '');
    else if (kind === 'N' && body.includes(gateNotice)) this.isAtInnerGate = this.#isStepped;
    else if (kind === 'Z') this.#underWay = Math.max(0, this.#underWay - 1);
    else return;
    this.moved();
  }
}

/** A statement ends with Sync, or is a simple query. */
function endOfStatement(bytes: Buffer): number | undefined {
  for (let at = 0; at + 5 <= bytes.length; ) {
    const end = at + 1 + bytes.readUInt32BE(at + 1);
    if (end > bytes.length) return undefined;
    const kind = String.fromCharCode(bytes[at] ?? 0);
    if (kind === 'S' || kind === 'Q') return end;
    at = end;
  }
  return undefined;
}
