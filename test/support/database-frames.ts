/** A message of PostgreSQL's protocol, version 3, whole. */
export interface Frame {
  /** The letter of its kind; empty for the first message of a client, which has none. */
  kind: string;
  bytes: Buffer;
}

const wordBytes = 4;

/**
 * Cuts one direction of a connection into its messages, wherever the network has cut it. The connection is not encrypted.
 * Source: PostgreSQL documentation, "Message Formats".
 */
export class Frames {
  #rest: Buffer = Buffer.alloc(0);
  #kindBytes: 0 | 1;

  /** The first message of a client has no letter in front of its length. */
  constructor(from: 'client' | 'server') {
    this.#kindBytes = from === 'client' ? 0 : 1;
  }

  /** The messages that are whole with these bytes. */
  take(bytes: Buffer): Frame[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): Frame | undefined {
    if (this.#rest.length < this.#kindBytes + wordBytes) return undefined;
    const end = this.#kindBytes + this.#rest.readInt32BE(this.#kindBytes);
    if (this.#rest.length < end) return undefined;
    const bytes = this.#rest.subarray(0, end);
    const kind = bytes.toString('latin1', 0, this.#kindBytes);
    this.#rest = this.#rest.subarray(end);
    this.#kindBytes = 1;
    return { kind, bytes };
  }
}

/** The process of the server that a login was given; undefined for any other message of a server. */
export function backendOf({ kind, bytes }: Frame): number | undefined {
  return kind === 'K' ? bytes.readInt32BE(1 + wordBytes) : undefined;
}
