import fc from 'fast-check';

/** A number that JSON can write and JavaScript cannot. It is put in when the call is made. */
export const raw = (text: string) => `<raw ${text}>`;

const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);

/** What is put in place of a value that fits. */
const odd: unknown[] = [
  ...[null, true, false, 0, -1, 0.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, 5e-324],
  ...['1e400', '-0', '123456789012345678901234567890', `0.${'1'.repeat(400)}`].map(raw),
  ...['', ' ', '\n', 'NaN', 'Infinity', '-0', '1e999', '0x10', 'null', 'undefined', 'true', '٣', '½'],
  ...['x'.repeat(10_000), 'x'.repeat(10_001), '\u{1f600}'.repeat(5_001), 'x'.repeat(300_000)],
  ...['\0', 'a\0b', '\ud800', 'a\udfff', '\udc00\ud800', '\u202e', '\ufeff', '\u2028', '\x1b[31m', '\r\n'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', '$1', '%s', '{{a}}', '$(a)', "' or 1=1 --"],
  ...['[]', '{}', '[', '{"a":', '["TASK-0001"]', '"x"', '[[[]]]', '{"__proto__":{"a":1}}'],
  ...['0000-01-01', '-000001-01-01', '+275760-09-13T00:00:00.001Z', '9999-12-31T23:59:60Z', '9999-12-31T24:00Z'],
  ...['2026-02-30', '1969-12-31T23:59:59.999Z', '0001-01-01T00:00:00+14:00', '99999-01-01', '2026-13-01', 'epoch'],
  ...['infinity', '36525d', '99999999999999999999w', '-1h', 'yesterday', '294277-01-01', '4714-11-24 BC'],
  ...[
    'GOAL-0',
    'GOAL-99999999999999999999',
    'TASK-9007199254740993',
    'task--1',
    'TASK-0x1',
    '#0',
    '#99999999999',
    'key',
  ],
  ...['before-0', 'before-99999999999999999999', '0000-01-01T00:00:00.000000Z/1', '2026-01-01T00:00:00.000000Z/-1'],
  ...[
    '*/0 * * * *',
    '0 0 31 2 *',
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=SECONDLY;INTERVAL=0',
    '* * * * * *',
    'Mars/Base',
  ],
  ...[
    [],
    {},
    [[]],
    [null],
    [{}],
    { a: null },
    { '': { '': '' } },
    JSON.parse('{"__proto__":{"a":1},"constructor":{}}'),
  ],
  ...[deep(50), deep(101), Array.from({ length: 1_001 }, () => 'x'), Array.from({ length: 201 }, (_, n) => `#${n}`)],
];

/** One thing off: what is done to one value of some arguments. */
type Change =
  | { kind: 'put'; value: unknown }
  | { kind: 'drop' }
  | { kind: 'as text' }
  | { kind: 'in a list' }
  | { kind: 'twice' }
  | { kind: 'add'; key: string; value: unknown };

const oddKeys = [
  '__proto__',
  'constructor',
  'hasOwnProperty',
  '',
  ' ',
  '\0',
  '\ud800',
  'goal-id',
  'GOAL_ID',
  'k'.repeat(20_000),
  'x',
];

const changes: fc.Arbitrary<Change> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('put' as const), value: fc.constantFrom(...odd) }) },
  { weight: 1, arbitrary: fc.constant<Change>({ kind: 'drop' }) },
  { weight: 1, arbitrary: fc.constant<Change>({ kind: 'as text' }) },
  { weight: 1, arbitrary: fc.constant<Change>({ kind: 'in a list' }) },
  { weight: 1, arbitrary: fc.constant<Change>({ kind: 'twice' }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      key: fc.constantFrom(...oddKeys),
      value: fc.constantFrom(...odd),
    }),
  },
);

/** Arguments of which one value, at any depth, is off. */
export function oneThingOff(fitting: fc.Arbitrary<Record<string, unknown>>): fc.Arbitrary<unknown> {
  return fc
    .tuple(fitting, fc.nat(), changes)
    .map(([args, place, change]) => changed(args, { left: place % nodesIn(args) }, change));
}

function nodesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, each) => sum + nodesIn(each), 1);
}

/** The value with its nth node changed; `left` counts down to that node. */
function changed(value: unknown, count: { left: number }, change: Change): unknown {
  if (count.left === 0) {
    count.left -= 1;
    return done(value, change);
  }
  count.left -= 1;
  if (Array.isArray(value))
    return value.map((each) => changed(each, count, change)).filter((each) => each !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, changed(each, count, change)]));
}

function done(value: unknown, change: Change): unknown {
  switch (change.kind) {
    case 'put':
      return change.value;
    case 'drop':
      return undefined;
    case 'as text':
      return JSON.stringify(value);
    case 'in a list':
      return [value];
    case 'twice':
      return Array.isArray(value) ? [...value, ...value] : [value, value];
    case 'add': {
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      return Object.fromEntries([...(isObject ? Object.entries(value) : []), [change.key, change.value]]);
    }
  }
}
