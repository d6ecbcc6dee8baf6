import fc from 'fast-check';
import { aText } from '../../../support/any-input.ts';
import { modernRevision } from '../../../support/server-process.ts';
import { type Breakage, breakages } from './breakages.ts';
import { type IdKind, idKinds } from './ids.ts';
import { askedFile } from './leaks.ts';

/** A request without its ID. */
export interface Message {
  method: string;
  params?: unknown;
}

/** One line of a client, as it is drawn: it gets its ID when it is written. */
export type Frame =
  | { kind: 'request'; id: IdKind; message: Message; end: string }
  | { kind: 'notification'; message: Message; end: string }
  /** A request that is taken back at once. */
  | { kind: 'cancelled'; id: IdKind; message: Message }
  /** An answer to what was never asked. */
  | { kind: 'reply'; id: IdKind; body: Record<string, unknown> }
  | { kind: 'broken'; id: IdKind; message: Message; how: Breakage; at: number }
  | { kind: 'batch'; entries: Frame[]; isCut: boolean }
  | { kind: 'bytes'; bytes: Uint8Array }
  /** A request of ten megabytes. */
  | { kind: 'huge'; id: IdKind; isWhole: boolean };

export type Frames = fc.Arbitrary<Frame>;

const uris = fc.oneof(
  fc.constantFrom('goal://GOAL-0001', 'task://TASK-0002', 'plan://GOAL-0001', 'board://', 'goal://', 'x', askedFile),
  aText().map((text) => `goal://${text}`),
  aText(),
);
const calls = fc.oneof(
  fc.constantFrom(
    { name: 'get_next_tasks', arguments: { limit: 1 } },
    { name: 'get_task', arguments: { task_id: 'TASK-0001' } },
    { name: 'create_goal', arguments: { description: 'made in a storm' } },
    { name: 'claim_tasks', arguments: { wait_seconds: 0.02, goal_id: 'GOAL-0001' } },
    { name: 'update_task', arguments: { task_id: 'TASK-0002', priority: 'low' } },
  ),
  fc.record({ name: aText(), arguments: fc.oneof(fc.jsonValue(), fc.dictionary(aText(), fc.jsonValue())) }),
);
const anyParams = fc.dictionary(aText(), fc.jsonValue(), { maxKeys: 3 });
const cursor = fc.record({ cursor: fc.oneof(aText(), fc.jsonValue()) });
const completion = fc.record({
  ref: fc.oneof(
    fc.record({ type: fc.constant('ref/resource'), uri: fc.constantFrom('goal://{id}', 'task://{id}', 'x') }),
    fc.record({ type: fc.constant('ref/prompt'), name: aText() }),
    fc.jsonValue(),
  ),
  argument: fc.record({ name: fc.constantFrom('id', 'goal_id', 'x'), value: aText() }),
});
const prompt = fc.record({
  name: fc.oneof(fc.constantFrom('work', 'plan', 'review'), aText()),
  arguments: fc.dictionary(fc.constantFrom('goal_id', 'id', 'x'), fc.oneof(fc.constant('GOAL-0001'), aText())),
});
const initialize = fc.record({
  protocolVersion: fc.oneof(fc.constantFrom('2025-06-18', '2031-01-01'), aText(), fc.jsonValue()),
  capabilities: fc.oneof(fc.constant({}), fc.jsonValue()),
  clientInfo: fc.oneof(
    fc.constant({ name: 'storm', version: '1' }),
    fc.record({ name: aText(), version: aText() }),
    fc.jsonValue(),
  ),
});

/** What is asked, with params that mostly fit. `subscriptions/listen` is not here: it is answered when the connection ends. */
const asked: [string, fc.Arbitrary<unknown>][] = [
  ['ping', fc.constant(undefined)],
  ['tools/list', cursor],
  ['tools/call', calls],
  ['resources/list', cursor],
  ['resources/templates/list', cursor],
  ['resources/read', fc.record({ uri: uris })],
  ['resources/subscribe', fc.record({ uri: uris })],
  ['resources/unsubscribe', fc.record({ uri: uris })],
  ['prompts/list', cursor],
  ['prompts/get', prompt],
  ['completion/complete', completion],
  ['logging/setLevel', fc.record({ level: fc.oneof(fc.constant('debug'), aText()) })],
  ['initialize', initialize],
  ['server/discover', fc.constant({})],
  ...[
    'tasks/get',
    'sampling/createMessage',
    'notifications/initialized',
    'rpc.discover',
    '__proto__',
    'constructor',
    ' ',
    'PING',
  ].map((method): [string, fc.Arbitrary<unknown>] => [method, anyParams]),
];
const tellings: [string, fc.Arbitrary<unknown>][] = [
  ['notifications/initialized', fc.constant(undefined)],
  [
    'notifications/cancelled',
    fc.record({ requestId: fc.oneof(fc.integer(), aText(), fc.jsonValue()), reason: aText() }),
  ],
  ['notifications/progress', fc.record({ progressToken: fc.oneof(fc.integer(), aText()), progress: fc.jsonValue() })],
  ['notifications/roots/list_changed', fc.constant({})],
  ['notifications/nothing', anyParams],
  ['tools/call', calls],
];

const tokens = fc.oneof(fc.integer(), aText(), fc.constantFrom(null, [], {}, 1.5, true));
const envelopes = fc.record({
  'io.modelcontextprotocol/protocolVersion': mostly(fc.constant(modernRevision), fc.oneof(aText(), fc.jsonValue())),
  'io.modelcontextprotocol/clientInfo': mostly(fc.constant({ name: 'storm', version: '1' }), fc.jsonValue()),
  'io.modelcontextprotocol/clientCapabilities': mostly(fc.constant({}), fc.jsonValue()),
});

function mostly<T>(meant: fc.Arbitrary<T>, other: fc.Arbitrary<T | fc.JsonValue>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 15, arbitrary: meant }, { weight: 1, arbitrary: other });
}

/** Requests of an era; each modern one has the envelope of its era, and some have a part of it or none. */
function messages(of: [string, fc.Arbitrary<unknown>][], isModern: boolean): fc.Arbitrary<Message> {
  const bare = fc.oneof(...of.map(([method, params]) => fc.record({ method: fc.constant(method), params })));
  const meta = fc
    .tuple(isModern ? mostly(envelopes, fc.jsonValue()) : fc.constant({}), mostly(fc.constant(null), tokens))
    .map(([envelope, progressToken]) => Object.assign({}, envelope, progressToken === null ? {} : { progressToken }));
  const wrapped = fc
    .tuple(bare, meta)
    .map(([{ method, params }, _meta]) => ({ method, params: Object.assign({}, params, { _meta }) }));
  return isModern ? (mostly(wrapped, bare) as fc.Arbitrary<Message>) : fc.oneof(bare, wrapped);
}

/** Lines of a client of an era, valid and broken. */
export function framesOf({ isModern }: { isModern: boolean }): Frames {
  const id = mostly(fc.constant('number'), fc.constantFrom(...idKinds)) as fc.Arbitrary<IdKind>;
  const ids = fc.oneof(id, fc.constantFrom(...idKinds));
  const end = fc.constantFrom('\n', '\n', '\n', '\r\n', ' \t\n', '\n\n\r\n');
  const message = messages(asked, isModern);
  const request = fc.record({ kind: fc.constant('request' as const), id: ids, message, end });
  const notification = fc.record({
    kind: fc.constant('notification' as const),
    message: messages(tellings, isModern),
    end,
  });
  const broken = fc.record({
    kind: fc.constant('broken' as const),
    id: ids,
    message,
    how: fc.constantFrom(...(Object.keys(breakages) as Breakage[])),
    at: fc.double({ min: 0, max: 0.999, noNaN: true }),
  });
  const reply = fc.record({
    kind: fc.constant('reply' as const),
    id: ids,
    body: fc.oneof(fc.record({ result: fc.jsonValue() }), fc.record({ error: fc.jsonValue() })),
  });
  const cancelled = fc.record({
    kind: fc.constant('cancelled' as const),
    id: fc.constantFrom<IdKind>('number', 'text'),
    message,
  });
  const bytes = fc.record({ kind: fc.constant('bytes' as const), bytes: fc.uint8Array({ maxLength: 40 }) });
  const entries = fc.array(fc.oneof(request, notification, reply, broken), { maxLength: 5 });
  const batch = fc.record({ kind: fc.constant('batch' as const), entries, isCut: fc.boolean() });
  const huge = fc.record({ kind: fc.constant('huge' as const), id: ids, isWhole: fc.boolean() });
  return fc.oneof(
    { weight: 200, arbitrary: request },
    { weight: 100, arbitrary: broken },
    { weight: 50, arbitrary: notification },
    { weight: 30, arbitrary: cancelled },
    { weight: 20, arbitrary: reply },
    { weight: 20, arbitrary: bytes },
    { weight: 20, arbitrary: batch },
    { weight: 1, arbitrary: huge },
  );
}
