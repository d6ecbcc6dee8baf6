import fc from 'fast-check';
import { argumentsFor } from '../../../support/any-input.ts';
import { oneThingOff } from './one-thing-off.ts';
import type { Operation } from './operations.ts';
import { objectsFor } from './schema-values.ts';

/** What a request says, by its places; a broken one may have anything in a place. */
interface Said {
  path?: unknown;
  query?: unknown;
  body?: unknown;
}

/** A header line that few clients send. */
interface OddHeader {
  line: string;
  /** Statuses that the document need not name for it: Node's own, before the service is asked. */
  more?: number[];
  /** The token that the request shows is not this machine's. */
  isWrongToken?: boolean;
}

/** A request as it is drawn. */
export interface DrawnRequest {
  /** A place in the list of routes. */
  route: number;
  said: Said;
  kind: 'valid' | 'one thing off' | 'wild';
  headers: OddHeader[];
  /** A method in place of the route's own. */
  method?: string | undefined;
  /** What is done to the path. */
  mangled?: Mangling | undefined;
  /** A body in place of the one that is said. */
  bytes?: BodyBytes | undefined;
}

const manglings = {
  'two slashes': (path: string) => path.replace('/goals', '//goals'),
  dots: (path: string) => `/x/..${path}/../.`,
  NUL: (path: string) => `${path}%00`,
  'a broken escape': (path: string) => `${path}/%E0%A4%A`,
  'an escaped slash': (path: string) => path.replaceAll('/', '%2F'),
  'a long part': (path: string) => `${path}/${'x'.repeat(8_000)}`,
  'a long query': (path: string) => `${path}?${'a=b&'.repeat(1_500)}`,
  'a prototype': (path: string) => `${path}?__proto__=1&constructor=2&__proto__[a]=3`,
  'a fragment': (path: string) => `${path}#x`,
  'a full address': (path: string) => `http://localhost${path}`,
  'no path': () => '*',
} satisfies Record<string, (path: string) => string>;
type Mangling = keyof typeof manglings;

const deep = '['.repeat(50_000) + ']'.repeat(50_000);
const bodies = {
  'cut JSON': Buffer.from('{"description":"x'),
  'not UTF-8': Buffer.from([0x7b, 0x22, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d]),
  'a byte order mark': Buffer.from('\uFEFF{}'),
  NUL: Buffer.from('\0'),
  null: Buffer.from('null'),
  'a list': Buffer.from('[{}]'),
  'a number past every double': Buffer.from('{"description":"x","limit":1e400,"metadata":{"a":1e400}}'),
  'a prototype': Buffer.from('{"__proto__":{"description":"x"},"constructor":{"prototype":1}}'),
  'the same key twice': Buffer.from('{"description":1,"description":"x"}'),
  deep: Buffer.from(`{"description":${deep}}`),
  'deep metadata': Buffer.from(`{"description":"x","metadata":{"a":${deep}}}`),
  'two values': Buffer.from('{} {}'),
  blanks: Buffer.from(' \n\t '),
  large: Buffer.from(`{"description":"${'x'.repeat(2_000_000)}"}`),
  'too large': Buffer.alloc(17 * 1024 * 1024, 32),
} satisfies Record<string, Buffer>;
type BodyBytes = keyof typeof bodies;

const line = (name: string, ...values: string[]): OddHeader[] => values.map((value) => ({ line: `${name}: ${value}` }));
const wrongTokens = [
  '',
  'Bearer',
  'Bearer x',
  `Bearer gat_${'A'.repeat(43)}`,
  `bearer ${'y'.repeat(4_096)}`,
  'Basic eDp5',
  'Bearer a.b.c',
];
const oddHeaders: OddHeader[] = [
  ...line(
    'Content-Type',
    'text/plain',
    'application/json; charset=utf-16',
    'application/x+json',
    'multipart/form-data',
    ';',
    '',
  ),
  ...line('Content-Encoding', 'gzip', 'br', 'identity', 'nonsense'),
  ...line('If-Match', '*', '"1"', '"999999999999999"', 'W/"1"', '"x"', '', '"1", "2"', '"1.__proto__"'),
  ...line('If-None-Match', '*', 'W/"x"', '"', ','.repeat(3_000)),
  ...line('Idempotency-Key', 'same', '', 'x'.repeat(101), '\xff\xfe', 'a b', '"'),
  ...line('Last-Event-ID', '0', 'nonsense', '-1', '1-000000000000', '9'.repeat(400)),
  ...line('Origin', 'null', 'https://elsewhere.example', 'x', ''),
  ...line('X-Agent-Name', 'ann', '\xff', 'n'.repeat(5_000), ''),
  ...line('User-Agent', '', '/', '\xe9'),
  ...line('Accept', '', 'text/html', '*/*;q=0', 'text/event-stream', 'application/json, text/event-stream'),
  ...line('Accept-Encoding', 'gzip', '*', 'nonsense;q=2'),
  ...line('Cookie', 'goal_agent_session=x', '=;;==', '__proto__=1', `a=${'b'.repeat(5_000)}`),
  ...line('Traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'nonsense'),
  ...line('Range', 'bytes=0-1', 'x'),
  ...line('X-Goal-Agent', 'board', 'x'),
  ...line('X-Forwarded-For', '10.0.0.1', 'x', ''),
  ...line('Expect', '100-continue'),
  ...line('Upgrade', 'websocket', 'h2c'),
  { line: 'Expect: nonsense', more: [417] },
  { line: 'Host: elsewhere.example', more: [400] },
  { line: `X-Long: ${'x'.repeat(20_000)}`, more: [431] },
  { line: 'Bad Header: x', more: [400] },
  { line: 'X-NUL: a\0b', more: [400] },
  { line: 'X-Agent-Name: \x01', more: [400] },
  { line: 'X-Forwarded-For: \x02', more: [400] },
  { line: 'Content-Length: 3', more: [400] },
  { line: 'Content-Length: x', more: [400] },
  { line: 'Transfer-Encoding: chunked', more: [400] },
  { line: 'Transfer-Encoding: nonsense', more: [400] },
  // other systems have one address of this machine, and would be shut out for a minute
  ...(process.platform === 'linux'
    ? wrongTokens.map((token) => ({ line: `Authorization: ${token}`, isWrongToken: true }))
    : []),
];

/** Requests for the routes of a document: each route, with what it takes, with one thing off, and with anything. */
export function requestsFor(operations: readonly Operation[]): fc.Arbitrary<DrawnRequest> {
  return fc.oneof(...operations.map((operation, route) => requestsForOne(operation, route)));
}

/** Requests for one route, by its place in the list. */
export function requestsForOne({ input }: Operation, route: number): fc.Arbitrary<DrawnRequest> {
  const body = input.body === undefined ? fc.constant(undefined) : objectsFor(input.body);
  const fitting = fc.record({ path: objectsFor(input.path), query: objectsFor(input.query), body });
  const wild = fc.record({
    path: argumentsFor(input.path),
    query: argumentsFor(input.query),
    body: input.body === undefined ? fc.jsonValue() : argumentsFor(input.body),
  });
  const said = fc.oneof(
    { weight: 4, arbitrary: fitting.map((each) => ({ said: each as Said, kind: 'valid' as const })) },
    {
      weight: 5,
      arbitrary: oneThingOff(fitting).map((each) => ({ said: Object(each) as Said, kind: 'one thing off' as const })),
    },
    { weight: 2, arbitrary: wild.map((each) => ({ said: each as Said, kind: 'wild' as const })) },
  );
  const odd = fc.record({
    headers: fc.oneof(
      { weight: 2, arbitrary: fc.constant<OddHeader[]>([]) },
      { weight: 1, arbitrary: fc.subarray(oddHeaders, { minLength: 1, maxLength: 2 }) },
    ),
    method: rarely(fc.constantFrom('HEAD', 'OPTIONS', 'TRACE', 'PUT', 'PATCH', 'DELETE', 'POST', 'GET', 'PROPFIND')),
    mangled: rarely(fc.constantFrom(...(Object.keys(manglings) as Mangling[]))),
    bytes: rarely(fc.constantFrom(...(Object.keys(bodies) as BodyBytes[]))),
  });
  return fc.tuple(said, odd).map(([given, strange]) => ({ route, ...given, ...strange }));
}

function rarely<T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 14, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: values });
}

export interface WireRequest {
  bytes: Buffer;
  method: string;
  isWrongToken: boolean;
  /** Statuses beside those of the route. */
  more: number[];
  /** Whether the request is for the route itself, so that a success is one of the route. */
  isPlain: boolean;
}

/**
 * A request as its bytes, which ask the server to end the connection.
 * @param named puts what is there into a text
 */
export function wireOf(
  drawn: DrawnRequest,
  operation: Operation,
  token: string,
  named: (text: string) => string,
): WireRequest {
  const method = drawn.method ?? operation.method;
  const path = `/api/v1${named(pathOf(operation.path, drawn.said))}`;
  const body = bodyOf(drawn, named);
  const own = drawn.headers.map((header) => header.line.slice(0, header.line.indexOf(':')).toLowerCase());
  const headers = [
    ...(own.includes('host') ? [] : ['Host: localhost']),
    ...(own.includes('authorization') ? [] : [`Authorization: Bearer ${token}`]),
    ...(body === undefined || own.includes('content-type') ? [] : ['Content-Type: application/json']),
    ...(body === undefined ? [] : [`Content-Length: ${body.length}`]),
    ...drawn.headers.map((header) => header.line),
    'Connection: close',
  ];
  const target = drawn.mangled === undefined ? path : manglings[drawn.mangled](path);
  const head = Buffer.from(`${method} ${target} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`, 'latin1');
  return {
    bytes: Buffer.concat([head, body ?? announcedBody(drawn.headers)]),
    method,
    isWrongToken: drawn.headers.some(({ isWrongToken }) => isWrongToken),
    // a target that is no address is refused before the service is asked, as what is no HTTP is
    more: [...(target.startsWith('/') ? [] : [400]), ...drawn.headers.flatMap(({ more = [] }) => more)],
    isPlain: drawn.method === undefined && drawn.mangled === undefined,
  };
}

/** What a header announces has to come: who sends nothing is given up only after a minute. */
function announcedBody(headers: DrawnRequest['headers']): Buffer {
  const bodies: Record<string, string> = { 'Transfer-Encoding: chunked': '0\r\n\r\n', 'Content-Length: 3': '{} ' };
  return Buffer.from(headers.map(({ line }) => bodies[line] ?? '').find((body) => body !== '') ?? '');
}

function pathOf(path: string, { path: parts, query }: Said): string {
  const given = Object(parts) as Record<string, unknown>;
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => escaped(given[name] ?? ''));
  if (typeof query !== 'object' || query === null) return filled;
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((each) => `${escaped(name)}=${escaped(each)}`),
  );
  // the line with the address has its limit, and what is over it is Node's to refuse
  return `${filled}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`.slice(0, 12_000).replace(/%.?$/, '');
}

/** As an address has it; what names something stays readable, since it is put in later. */
function escaped(value: unknown): string {
  const text = (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).replace(/"?<raw ([^>"]+)>"?/g, '$1');
  return encodeURIComponent(Buffer.from(text).toString()).replace(/%3C(\w+)%20(\d+)%3E/g, '<$1 $2>');
}

function bodyOf({ said, bytes, headers }: DrawnRequest, named: (text: string) => string): Buffer | undefined {
  // Node ends the connection of a broken head at once, and a large body that still comes in takes its answer away
  const isBroken = headers.some(({ more }) => more !== undefined);
  if (bytes !== undefined && !(isBroken && bytes === 'too large')) return bodies[bytes];
  return said.body === undefined ? undefined : Buffer.from(named(JSON.stringify(said.body)));
}
