import { Transform } from 'node:stream';

const newline = 10;

/**
 * Passes a stream on in whole lines. The SDK joins what it has with each piece that arrives, so that a request of 60 MB in
 * pieces of 64 KB would be copied a thousand times. A line of more than `longest` bytes is left out, and its newline kept:
 * an empty line is harmless, and half a request is not.
 */
export function wholeLines(longest: number): Transform {
  let pieces: Buffer[] = [];
  let length = 0;
  const take = (piece: Buffer) => {
    length += piece.length;
    if (length > longest) pieces = [];
    else pieces.push(piece);
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const end = chunk.lastIndexOf(newline) + 1;
      if (end === 0) take(chunk);
      else {
        const first = chunk.indexOf(newline) + 1;
        take(chunk.subarray(0, first));
        // too long: all of it is gone, but for its end
        this.push(
          length > longest ? chunk.subarray(first - 1, end) : Buffer.concat([...pieces, chunk.subarray(first, end)]),
        );
        pieces = [];
        length = 0;
        if (end < chunk.length) take(chunk.subarray(end));
      }
      done();
    },
  });
}
