import fc from 'fast-check';
import type { Schema } from './schema-subsets.ts';

/** Texts that have been trouble somewhere: the edges of numbers, times, IDs, encodings and of our own forms. */
const texts = [
  ...['', ' ', '0', '-1', '1e999', '9007199254740993', '١', 'true', 'null', '[]', '{}', '[', '{"a":', '["TASK-0001"]'],
  ...[
    'GOAL-0001',
    'TASK-0001',
    'task-1',
    'GOAL-0',
    'TASK-999999999999999',
    'TASK-9999999999999999',
    'goal-٣',
    '#1',
    '#0',
  ],
  ...['0000-01-01', '0001-01-01T00:00+14:00', '9999-12-31T24:00Z', '9999-12-31T23:59:59.999999999-23:59', '2026-02-30'],
  ...['1h', '0s', '36525d', '99999999999w', 'yesterday', 'now', 'infinity', '-infinity', 'epoch', 'BC'],
  ...['before-0', 'before-999999999999999', 'before-9999999999999999', '0000-01-01T00:00:00.000000Z/1'],
  ...['9999-12-31T23:59:59.999999Z/999999999999999', '0001-01-01T00:00:00.000000Z/0', '2026-11-23T10:42:00.000000Z/1'],
  ...[
    '\0',
    '\ud800',
    '\udfff\ud83d',
    '\u202e',
    '\ufeff',
    '%',
    '\\',
    "'; drop table goals; --",
    '$1',
    '{{x}}',
    'x'.repeat(10_001),
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'done',
    'In Progress',
    'HIGH',
    'a & b | !c:*',
    '"',
    "''",
    ':*',
    '<->',
    '( )',
  ],
];

/** Values of every type of JSON, and the edges of each. */
const scalars = fc.oneof(
  fc.constantFrom(null, true, false, 0, -0, -1, 1, 0.5, 2 ** 31, 2 ** 53 - 1, 2 ** 53, -(2 ** 63), 1e308, 5e-324),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  aText(),
);
const anything = fc.oneof({ depthSize: 'small' }, scalars, fc.jsonValue({ noUnicodeString: false }), fc.array(scalars));

/** Texts of any kind, many of them at an edge. */
export function aText(): fc.Arbitrary<string> {
  return fc.oneof(fc.constantFrom(...texts), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
}

/** What an argument of this name is meant to hold, so that many calls get past the check. */
const meantFor: Record<string, string[]> = {
  goal_id: ['GOAL-0001', 'goal-2', 'GOAL-0003'],
  task_id: ['TASK-0001', 'task-2', 'TASK-0003', 'TASK-0004'],
  task_ids: ['TASK-0001', 'task-2', 'TASK-0003', 'TASK-0004'],
  add_dependencies: ['TASK-0001', 'TASK-0002', 'TASK-0003'],
  remove_dependencies: ['TASK-0001', 'TASK-0002', 'TASK-0003'],
  dependencies: ['#1', '#2', 'TASK-0001', 'key'],
  key: ['key', 'other'],
  since: ['1h', '30s', 'yesterday', '2026-11-23T10:42:00.123456789Z', '0000-01-01', '9999-12-31T24:00Z'],
  cursor: ['before-2', 'before-999999999999999', '2026-11-23T10:42:00.000000Z/1', '0001-01-01T00:00:00.000000Z/1'],
  estimated_effort: ['30m', '1 hour', '1d 4h', ''],
  agent: ['ann', 'bob'],
  actor: ['ann', 'bob'],
  request_id: ['one', 'two'],
  names: ['src/**', 'src/a.ts', 'staging'],
  name: ['weekly', 'release'],
  rule: ['0 9 * * MON', 'FREQ=WEEKLY', '* * * * *', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'],
  time_zone: ['UTC', 'Europe/Berlin', 'Mars/Base'],
  query: ['a', 'goal', 'GOAL-1 a b'],
};

/** Values for a schema: mostly of its type, at the edges and beyond them; some as JSON text; some anything at all. */
export function valuesFor(schema: Schema, name = ''): fc.Arbitrary<unknown> {
  // a call that waits takes as long as it says
  if (name === 'wait_seconds') return fc.constantFrom(0, 0.01, -1, 301, '0');
  const fitting = fittingValues(schema, name);
  return fc.oneof(
    { weight: 12, arbitrary: fitting },
    { weight: 1, arbitrary: fitting.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: anything },
  );
}

function fittingValues(schema: Schema, name: string): fc.Arbitrary<unknown> {
  const { type, anyOf, enum: words, properties, items = {} } = schema;
  if (anyOf !== undefined) return fc.oneof(...anyOf.map((each) => valuesFor(each, name)));
  if (words !== undefined) return mostly(fc.constantFrom(...words));
  if (type === 'array') return fc.array(valuesFor(items, name), { maxLength: 4 });
  if (type === 'object')
    return properties === undefined ? fc.dictionary(aText(), anything, { maxKeys: 4 }) : argumentsFor(schema);
  if (type === 'boolean') return fc.boolean();
  if (type === 'integer' || type === 'number')
    return fc.oneof(
      fc.integer({ min: 1, max: 60 }),
      fc.constantFrom(0, 200, 201, 900, 86_400, 2 ** 31, 2 ** 53 - 1, 0.5),
    );
  return mostly(fc.constantFrom(...(meantFor[name] ?? ['a', 'some text'])));
}

function mostly(meant: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 4, arbitrary: meant }, { weight: 1, arbitrary: aText() });
}

/** Arguments by a tool's whole schema: what is required is mostly there, an unknown one rarely. */
export function argumentsFor({ properties = {}, required = [] }: Schema): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, valuesFor(each, name)]));
  const complete = fc.record(fields, { requiredKeys: required });
  const few = fc
    .tuple(complete, fc.subarray(Object.keys(fields), { maxLength: Math.min(3, Object.keys(fields).length) }))
    .map(([all, names]) => Object.fromEntries([...required, ...names].map((name) => [name, all[name]])));
  const unknown = fc.tuple(complete, aText(), anything).map(([known, name, value]) => ({ ...known, [name]: value }));
  return fc.oneof(
    { weight: 6, arbitrary: few },
    { weight: 6, arbitrary: complete },
    { weight: 1, arbitrary: fc.record(fields, { requiredKeys: [] }) },
    { weight: 1, arbitrary: unknown },
  );
}
