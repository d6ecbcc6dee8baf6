import { type Expected, once, refusedOnce } from './expected.ts';

/** A request that is written wrongly, and what has to come back for it. */
interface Broken {
  text: string | Buffer;
  expected: Expected;
}

interface Given {
  /** The request as it should be, with its ID as JSON text. */
  text: string;
  id: string;
  method: string;
  /** A place in the text. */
  place: number;
  /** Any number from 0 to 1. */
  at: number;
}

type Break = (given: Given) => Broken;

const deep = '['.repeat(100_000) + ']'.repeat(100_000);
const oddIds = ['null', 'true', '1.5', '-0.5', '1e400', '12345678901234567890', '[]', '{}', '[1]', '{"id":1}', deep];
const versions = ['"1.0"', '2', '2.0', '"2"', 'null', '[]', '""'];
const oddMethods = ['""', '7', 'null', '{}', '["ping"]', 'false'];
const oddParams = ['[]', '["a"]', '"x"', '7', 'true', '[[{}]]', deep];
const noJson = ['NaN', 'undefined', "'x'", '/* x */ 1', '01', '.5', '"\\x"', '+1', '1,}', '0x1f', '"\t"', '1 2'];

const pick = <T>(list: readonly T[], at: number): T => list[Math.floor(at * list.length)] as T;
const with_ = (id: string, rest: string) => `{"jsonrpc":"2.0","id":${id},${rest}}`;

/** Each way to break a request. */
const ways = {
  cut: ({ text, id, place }) => ({ text: text.slice(0, Math.max(1, place)), expected: refusedOnce(id) }),
  'without its beginning': ({ text, id, place }) => ({
    text: text.slice(Math.max(1, place)),
    expected: refusedOnce(id),
  }),
  'not UTF-8': ({ text, id, place }) => ({ text: inserted(text, place, [0xc0, 0x80]), expected: refusedOnce(id) }),
  'half a character': ({ text, id, place }) => ({
    text: inserted(text, place, [0xf0, 0x9f, 0x98]),
    expected: refusedOnce(id),
  }),
  'with NUL': ({ text, id, place }) => ({ text: inserted(text, place, [0]), expected: refusedOnce(id) }),
  twice: ({ text, id }) => ({ text: text + text, expected: refusedOnce(id) }),
  'in a string': ({ text, id }) => ({ text: JSON.stringify(text), expected: refusedOnce(id) }),
  'no JSON': ({ id, at }) => ({
    text: with_(id, `"method":"ping","params":{"a":${pick(noJson, at)}}`),
    expected: refusedOnce(id),
  }),
  'another version': ({ id, at }) => ({
    text: `{"jsonrpc":${pick(versions, at)},"id":${id},"method":"ping"}`,
    expected: once(id),
  }),
  'no version': ({ id }) => ({ text: `{"id":${id},"method":"ping"}`, expected: once(id) }),
  'no method': ({ id }) => ({ text: with_(id, '"params":{}'), expected: once(id) }),
  'an odd method': ({ id, at }) => ({ text: with_(id, `"method":${pick(oddMethods, at)}`), expected: once(id) }),
  'odd params': ({ id, at, method }) => ({
    text: with_(id, `"method":${JSON.stringify(method)},"params":${pick(oddParams, at)}`),
    expected: once(id),
  }),
  'an odd ID': ({ at }) => {
    const id = pick(oddIds, at);
    // no test writes so many levels down again, and no server
    return {
      text: with_(id, '"method":"ping"'),
      expected: refusedOnce(id === deep ? 'null' : JSON.stringify(JSON.parse(id))),
    };
  },
  'a second ID': ({ text, id }) => ({ text: text.replace('{', '{"id":"first",'), expected: once(id) }),
  'an ID by its escape': ({ text, id }) => ({ text: text.replace('"id"', '"\\u0069d"'), expected: once(id) }),
  'a prototype': ({ id }) => ({
    text: with_(id, '"method":"tools/list","__proto__":{"id":1,"method":"x"},"params":{"__proto__":{"cursor":7}}'),
    expected: once(id),
  }),
  'deep params': ({ id, method }) => ({
    text: with_(
      id,
      `"method":${JSON.stringify(method)},"params":{"name":"create_goal","arguments":{"description":${deep}},"uri":${deep},"cursor":${deep}}`,
    ),
    expected: once(id),
  }),
  'huge numbers': ({ id, method }) => ({
    text: with_(
      id,
      `"method":${JSON.stringify(method)},"params":{"cursor":1e400,"uri":${'9'.repeat(400)},"name":-1e-400,"level":1${'0'.repeat(5_000)}}`,
    ),
    expected: once(id),
  }),
} satisfies Record<string, Break>;

export type Breakage = keyof typeof ways;
export const breakages: Record<Breakage, Break> = ways;

function inserted(text: string, place: number, bytes: number[]): Buffer {
  const whole = Buffer.from(text);
  const at = Math.min(Math.max(1, place), whole.length - 1);
  return Buffer.concat([whole.subarray(0, at), Buffer.from(bytes), whole.subarray(at)]);
}
