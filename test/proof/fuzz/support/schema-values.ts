import fc from 'fast-check';
import type { Schema } from '../../../support/schema-subsets.ts';

const nth = (what: string) => fc.nat({ max: 40 }).map((n) => `<${what} ${n}>`);
const words = fc.constantFrom(
  'a',
  'a step',
  'GOAL-0001',
  'ui',
  'Ünïcode \u{1f600}',
  '# heading\n- [ ] x',
  '<b>&amp;</b>',
  '"\\n',
);
const times = fc.constantFrom('2026-12-31', '2027-01-01T10:00:00Z', '2030-06-01T00:00:00+02:00', '3d');

/** What an argument of this name takes, so that a call gets behind the check. IDs are put in when the call is made. */
const meant: Record<string, fc.Arbitrary<unknown>> = {
  goal_id: nth('goal'),
  parent_goal_id: nth('goal'),
  task_id: nth('task'),
  task_ids: nth('task'),
  add_dependencies: nth('task'),
  remove_dependencies: nth('task'),
  dependencies: fc.oneof(fc.constantFrom('#1', '#2', 'k'), nth('task')),
  event_id: nth('event'),
  undo_of: nth('event'),
  fence: nth('fence'),
  cursor: nth('cursor'),
  request_id: fc.uuid(),
  key: fc.constantFrom('k', 'l'),
  since: fc.constantFrom('1h', '2d', '2026-11-01', '2026-11-23T10:42:00.123456789Z'),
  due_at: times,
  defer_until: times,
  estimated_effort: fc.constantFrom('30m', '4h', '2d', '1w', '1d 4h'),
  agent: fc.constantFrom('ann', 'bob'),
  actor: fc.constantFrom('ann', 'bob'),
  names: fc.constantFrom('src/**', 'src/a.ts', 'staging', '**'),
  name: fc.constantFrom('weekly', 'release', 'other'),
  rule: fc.constantFrom('0 9 * * MON', 'FREQ=WEEKLY', 'FREQ=MONTHLY;BYMONTHDAY=31', ''),
  time_zone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York'),
  labels: fc.constantFrom('ui', 'api', 'a b'),
  wait_seconds: fc.constantFrom(0, 0.01),
  lease_seconds: fc.integer({ min: 1, max: 60 }),
  types: fc.constantFrom('task', 'task.completed', 'goal'),
  // nothing listens there, and a name is nobody's
  url: fc.constantFrom('http://127.0.0.1:9/hook', 'https://127.0.0.1:9/hook', 'http://[::1]:9/', 'ftp://x', 'http:'),
  webhook_id: nth('webhook'),
  workspace: fc.constantFrom('other', 'second', 'nowhere'),
  confirm: fc.constantFrom('other', 'second', 'nowhere'),
};

/** Values that fit a schema, and mostly name what is there. */
export function fittingFor(schema: Schema, name = ''): fc.Arbitrary<unknown> {
  const { type, anyOf, enum: allowed, properties, items = {} } = schema;
  if (allowed !== undefined) return fc.constantFrom(...allowed);
  if ('const' in schema) return fc.constant(schema.const);
  if (properties !== undefined) return objectsFor(schema);
  if (type === 'array') {
    const { minItems = 0, maxItems = 4 } = schema as { minItems?: number; maxItems?: number };
    return fc.array(fittingFor(items, name), {
      minLength: minItems,
      maxLength: Math.min(maxItems, Math.max(minItems, 4)),
    });
  }
  const known = meant[name];
  if (known !== undefined) return known;
  if (anyOf !== undefined) return fc.oneof(...anyOf.map((each) => fittingFor(each, name)));
  return ofType(Array.isArray(type) ? type[0] : type, schema);
}

function ofType(type: string | undefined, { minimum, maximum }: Schema): fc.Arbitrary<unknown> {
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
  if (type === 'integer' || type === 'number') {
    const least = typeof minimum === 'number' ? minimum : 0;
    const most = typeof maximum === 'number' ? maximum : 100;
    return fc.oneof(
      fc.constantFrom(least, most),
      fc.integer({ min: Math.ceil(least), max: Math.min(most, least + 50) }),
    );
  }
  if (type === 'object')
    return fc.dictionary(fc.constantFrom('a', 'b', 'outcome'), fc.oneof(words, fc.jsonValue()), { maxKeys: 3 });
  if (type === undefined) return fc.jsonValue();
  return words;
}

/** Objects with what is required and a few of what may be there: more would mostly contradict itself. */
export function objectsFor({ properties = {}, required = [] }: Schema): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, fittingFor(each, name)]));
  const optional = Object.keys(fields).filter((name) => !required.includes(name));
  return fc
    .tuple(fc.record(fields), fc.subarray(optional, { maxLength: Math.min(3, optional.length) }))
    .map(([all, chosen]) => Object.fromEntries([...required, ...chosen].map((name) => [name, all[name]])));
}
