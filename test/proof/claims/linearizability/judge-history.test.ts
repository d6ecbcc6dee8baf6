import { describe, expect, it } from 'vitest';
import { judge } from './judge-history.ts';
import { readEdn } from './read-edn.ts';
import { readHistory } from './read-history.ts';

// Times are in milliseconds here, and a lease has ten seconds.
const lease = 10_000;

type Line = [process: number, time: number, rest: string];
const asked = (process: number, time: number, f: string, value: string): Line => [
  process,
  time,
  `:type :invoke, :f :${f}, :value ${value}, :limit 1, :lease ${lease}000000`,
];
const told = (process: number, time: number, f: string, value: string): Line => [
  process,
  time,
  `:type :ok, :f :${f}, :value ${value}`,
];
const refused = (process: number, time: number, f: string): Line => [
  process,
  time,
  `:type :fail, :f :${f}, :value nil`,
];
const gone = (process: number, time: number, f: string): Line => [process, time, `:type :info, :f :${f}, :value nil`];

const claimed = (process: number, time: number, fence: number): Line[] => [
  asked(process, time, 'claim', 'nil'),
  told(process, time + 10, 'claim', `[["T", ${fence}, ${time + 5 + lease}000000]]`),
];
const extended = (process: number, time: number, fence: number): Line[] => [
  asked(process, time, 'extend', `["T", ${fence}]`),
  told(process, time + 10, 'extend', `["T", ${fence}, ${time + 5 + lease}000000]`),
];
const released = (process: number, time: number, fence: number): Line[] => [
  asked(process, time, 'release', `["T", ${fence}]`),
  told(process, time + 10, 'release', `["T", ${fence}]`),
];
const set = (
  what: string,
  process: number,
  time: number,
  fence: number,
  outcome: 'done' | 'refused' | 'gone',
): Line[] => [
  asked(process, time, 'set', `[[:${what}, "T", ${fence}]]`),
  outcome === 'gone'
    ? gone(process, time + 10, 'set')
    : told(process, time + 10, 'set', `[[:${what}, "T", ${fence}, :${outcome}]]`),
];
const completed = (process: number, time: number, fence: number) => set('complete', process, time, fence, 'done');
const late = (process: number, time: number, fence: number) => set('complete', process, time, fence, 'refused');
const vanished = (process: number, time: number): Line[] => [
  asked(process, time, 'claim', 'nil'),
  gone(process, time + 10, 'claim'),
];

async function judged(...lines: Line[][]) {
  const text = lines
    .flat()
    .map(([process, time, rest], index) => `{:process ${process}, ${rest}, :time ${time}000000, :index ${index}}`);
  return judge(await readHistory(streamed(text)));
}

async function* streamed(lines: string[]) {
  yield* lines;
}

describe('no fault is found where', () => {
  it.each<[string, Line[][]]>([
    ['a task is claimed and completed', [claimed(1, 0, 1), completed(1, 100, 1)]],
    ['it is given back, and claimed by another', [claimed(1, 0, 1), released(1, 100, 1), claimed(2, 200, 2)]],
    ['a lease ran out, and another claims', [claimed(1, 0, 1), claimed(2, 10_006, 2), completed(2, 10_100, 2)]],
    ['a late holder is refused', [claimed(1, 0, 1), claimed(2, 10_100, 2), late(1, 10_200, 1)]],
    ['a late holder was not missed by anybody', [claimed(1, 0, 1), completed(1, 60_000, 1)]],
    ['a lease was made longer', [claimed(1, 0, 1), extended(1, 9_000, 1), claimed(2, 19_100, 2)]],
    [
      'an extension came too late, and is a new claim',
      [
        claimed(1, 0, 1),
        [asked(1, 11_000, 'extend', '["T", 1]'), told(1, 11_010, 'extend', '["T", 2, 21005000000]')],
        completed(1, 12_000, 2),
      ],
    ],
    ['a claim that was never answered has taken the task', [vanished(1, 0), claimed(2, 10_020, 2)]],
    ['a completion that was never answered was one', [claimed(1, 0, 1), set('complete', 1, 100, 1, 'gone')]],
    [
      'a completion that was never answered was none',
      [claimed(1, 0, 1), set('complete', 1, 100, 1, 'gone'), claimed(2, 11_000, 2)],
    ],
    [
      'something given back, with no answer, is claimed at once',
      [claimed(1, 0, 1), set('give-back', 1, 100, 1, 'gone'), claimed(2, 200, 2)],
    ],
    [
      'two ask at the same moment, and one gets it',
      [
        [asked(1, 0, 'claim', '"T"'), asked(2, 0, 'claim', '"T"'), refused(2, 8, 'claim')],
        [told(1, 9, 'claim', '[["T", 1, 10005000000]]')],
      ],
    ],
  ])('%s', async (_, lines) => expect((await judged(...lines)).violations).toEqual([]));
});

describe('a fault is found where', () => {
  it.each<[string, Line[][]]>([
    ['two hold a task at once', [claimed(1, 0, 1), claimed(2, 100, 2)]],
    ['two were told of one claim', [claimed(1, 0, 1), claimed(2, 10_100, 1)]],
    ['a lease ended early', [claimed(1, 0, 1), claimed(2, 9_900, 2)]],
    ['a longer lease ended as if it were none', [claimed(1, 0, 1), extended(1, 9_000, 1), claimed(2, 10_100, 2)]],
    ['a late holder completes', [claimed(1, 0, 1), claimed(2, 10_100, 2), completed(1, 10_200, 1)]],
    ['a late holder releases what another holds', [claimed(1, 0, 1), claimed(2, 10_100, 2), released(1, 10_200, 1)]],
    ['a late holder extends what another holds', [claimed(1, 0, 1), claimed(2, 10_100, 2), extended(1, 10_200, 1)]],
    ['a holder is refused in time', [claimed(1, 0, 1), late(1, 100, 1)]],
    ['a holder is refused though nobody else came', [claimed(1, 0, 1), late(1, 60_000, 1)]],
    ['a task is completed twice', [claimed(1, 0, 1), completed(1, 100, 1), completed(1, 200, 1)]],
    ['a task is claimed after it was completed', [claimed(1, 0, 1), completed(1, 100, 1), claimed(2, 11_000, 2)]],
    ['a fence is skipped, and every claim was answered', [claimed(1, 0, 1), claimed(2, 10_100, 3)]],
    ['a claim is answered before it was asked for', [claimed(2, 0, 2), claimed(1, 20_000, 1)]],
    [
      'what was given back, with no answer, is claimed twice',
      [claimed(1, 0, 1), set('give-back', 1, 100, 1, 'gone'), claimed(2, 200, 2), claimed(3, 300, 3)],
    ],
    ['a claim that was never answered began after what it would explain', [claimed(2, 10_100, 2), vanished(1, 11_000)]],
  ])('%s', async (_, lines) =>
    expect((await judged(...lines)).violations).toContainEqual(expect.stringMatching(/^T: /)),
  );

  it('more claims were told to nobody than were never answered', async () => {
    const other = claimed(2, 30_000, 2).map(
      ([process, time, rest]): Line => [process, time, rest.replace('"T"', '"U"')],
    );
    const { violations } = await judged(vanished(1, 0), claimed(2, 20_000, 2), other);
    expect(violations).toEqual(['2 claims were told to nobody']);
  });
});

it('counts what clients did', async () => {
  const lines = [
    claimed(1, 0, 1),
    claimed(2, 10_100, 2),
    late(1, 10_200, 1),
    vanished(3, 10_300),
    completed(2, 10_400, 2),
  ];
  expect(await judged(...lines)).toEqual({
    lines: 10,
    operations: 4,
    claims: 2,
    refused: 1,
    unanswered: 1,
    violations: [],
  });
});

describe('EDN', () => {
  it('is read as it is written', () => {
    expect(
      readEdn('{:process 0, :type :invoke, :value [nil true "a \\"b\\", :c" -1.5e3 [:x]], :time 7 :m {}}'),
    ).toEqual({
      process: 0,
      type: 'invoke',
      value: [null, true, 'a "b", :c', -1500, ['x']],
      time: 7,
      m: {},
    });
  });

  it.each(['{:a 1', '[1]]', '', 'word', ']', '"open'])('is refused where it is none: %s', (text) => {
    expect(() => readEdn(text)).toThrow(/no EDN/);
  });
});
