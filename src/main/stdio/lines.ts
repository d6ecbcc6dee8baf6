const newline = 10;

/** A line that was too long, and was not kept. */
export const tooLong = Symbol('too long');

/** Cuts arriving pieces into lines, and joins each piece once: a request may have 60 MB, in pieces of 64 KB. */
export class Lines {
  readonly #longest: number;
  #pieces: Buffer[] = [];
  #length = 0;

  /** @param longest bytes of one line */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /** The lines that end in this piece, without their newlines. */
  *add(chunk: Buffer): Iterable<Buffer | typeof tooLong> {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.#keep(chunk.subarray(start, end));
      yield this.rest();
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
  }

  /** The rest of an unfinished line, for the end of the input. */
  rest(): Buffer | typeof tooLong {
    const [first, ...more] = this.#pieces;
    const line =
      this.#length > this.#longest ? tooLong : more.length === 0 && first ? first : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#length = 0;
    return line;
  }

  #keep(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#length += piece.length;
    if (this.#length > this.#longest) this.#pieces = [];
    else this.#pieces.push(piece);
  }
}
