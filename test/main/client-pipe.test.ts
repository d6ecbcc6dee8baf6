import { PassThrough, Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ClientPipe } from '../../src/main/stdio/client-pipe.ts';
import type { Accepted } from '../../src/main/stdio/message.ts';

const line = (id: number) => `{"jsonrpc":"2.0","id":${id},"method":"ping"}\n`;
const ids = (taken: Accepted[]) => taken.map((accepted) => (accepted.kind === 'request' ? accepted.id : accepted.kind));

/** Lets streams pass on what they have. */
async function aWhile(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
}

/** The client's end of a pipe that reads nothing until `read`. */
function aClient() {
  const input = new PassThrough();
  const unread: (() => void)[] = [];
  let text = '';
  let isReading = false;
  const output = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      if (isReading) done();
      else unread.push(done);
    },
  });
  const read = () => {
    isReading = true;
    for (const done of unread.splice(0)) done();
  };
  return { input, pipe: new ClientPipe(input, output, () => undefined), read, text: () => text };
}

test('while 4 MiB of answers are unread, nothing more is read, and the rest is once they are', async () => {
  const { input, pipe, read, text } = aClient();
  const taken: Accepted[] = [];
  pipe.takeWith((accepted) => {
    taken.push(accepted);
    if (accepted.kind === 'request') pipe.answer(accepted.id, 'x'.repeat(1024 * 1024));
  });
  for (let id = 1; id <= 20; id += 1) {
    input.write(line(id));
    await aWhile();
  }
  expect(ids(taken)).toEqual([1, 2, 3, 4]);
  read();
  await aWhile();
  expect(taken).toHaveLength(20);
  expect(text().split('\n')).toHaveLength(21);
});

test('while 256 requests are open, nothing more is read, and one more for each that is answered or taken back', async () => {
  const { input, pipe, read } = aClient();
  read();
  const taken: Accepted[] = [];
  pipe.takeWith((accepted) => taken.push(accepted));
  for (let id = 1; id <= 300; id += 1) {
    input.write(line(id));
    await setImmediate();
  }
  await aWhile();
  expect(taken).toHaveLength(256);
  pipe.answer(7, 'seven');
  await aWhile();
  expect(taken).toHaveLength(257);
  for (const { id } of taken.splice(0) as { id: number }[]) if (id !== 7) pipe.answer(id, String(id));
  await aWhile();
  expect(taken).toHaveLength(43);
});

/** Whether the pipe has ended, asked again and again. */
function endOf(pipe: ClientPipe): () => boolean {
  let hasEnded = false;
  void pipe.ended.then(() => {
    hasEnded = true;
  });
  return () => hasEnded;
}

test('it has ended when the input has, and all that came is answered', async () => {
  const { input, pipe, read } = aClient();
  const hasEnded = endOf(pipe);
  pipe.takeWith(() => {});
  read();
  input.end(`${line(1)}${line(2).trim()}`);
  for (const id of [1, 2]) {
    await aWhile();
    expect(hasEnded()).toBe(false);
    pipe.answer(id, 'answer');
  }
  await aWhile();
  expect(hasEnded()).toBe(true);
});

test('it has not ended while an answer is not written, unless somebody stops it', async () => {
  const [patient, stopped] = [aClient(), aClient()];
  const ends = [patient, stopped].map(({ pipe }) => endOf(pipe));
  for (const { input, pipe } of [patient, stopped]) {
    pipe.takeWith(() => pipe.answer(1, 'answer'));
    input.end(line(1));
  }
  await aWhile();
  expect(ends.map((hasEnded) => hasEnded())).toEqual([false, false]);
  patient.read();
  stopped.pipe.stop();
  await aWhile();
  expect(ends.map((hasEnded) => hasEnded())).toEqual([true, true]);
});
