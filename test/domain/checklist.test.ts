import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ChecklistCriterion,
  type ChecklistTask,
  formatChecklist,
  parseChecklist,
} from '../../src/domain/checklist.ts';

const tasksOf = (text: string) => {
  const { subtasks, problems } = parseChecklist(text);
  expect(problems).toEqual([]);
  return subtasks;
};

test('what stands below an item comes before it, and the item depends on it', () => {
  expect(tasksOf('- [ ] Sign in\n  - [ ] Login page (4h)\n  - [x] Token flow !high\n- [ ] Docs')).toEqual([
    { key: 't1', description: 'Login page', dependencies: [], estimated_effort: '4h' },
    { key: 't2', description: 'Token flow', dependencies: [], priority: 'high', completed: true },
    { key: 't3', description: 'Sign in', dependencies: ['t1', 't2'] },
    { key: 't4', description: 'Docs', dependencies: [] },
  ]);
});

test('numbered items follow each other, and what stands below one waits for the one before', () => {
  expect(
    tasksOf('1. Design\n2. Build\n   - Front\n   - Back\n3. Ship').map((each) => [each.key, each.dependencies]),
  ).toEqual([
    ['t1', []],
    ['t2', ['t1']],
    ['t3', ['t1']],
    ['t4', ['t2', 't3']],
    ['t5', ['t4']],
  ]);
});

test('an item waits for named items and for tasks that exist', () => {
  expect(
    tasksOf('* API {#api} (2d)\n* Tests after: api, task-7 !low\n* Docs {#docs} after: api').map(
      (each) => each.dependencies,
    ),
  ).toEqual([[], ['api', 'TASK-0007'], ['api']]);
});

test('marks stand in any order, and what only looks like one stays text', () => {
  expect(
    tasksOf(
      '- Fix it !LOW after: TASK-1 {#f} (1d 4h)\n- Look (see below)\n- Wait for it after: that happens\n- Say \\(4h)',
    ),
  ).toEqual([
    { key: 'f', description: 'Fix it', dependencies: ['TASK-0001'], estimated_effort: '1d 4h', priority: 'low' },
    { key: 't2', description: 'Look (see below)', dependencies: [] },
    { key: 't3', description: 'Wait for it after: that happens', dependencies: [] },
    { key: 't4', description: 'Say (4h)', dependencies: [] },
  ]);
});

test('headings are passed over, tabs indent, and further lines belong to their item', () => {
  expect(tasksOf('# Plan\r\n\r\n- One (4h)\r\n  and more\r\n\r\n  to say\r\n\t- Two\r\n## Later\r\n- Three')).toEqual([
    { key: 't1', description: 'Two', dependencies: [] },
    { key: 't2', description: 'One\nand more\n\nto say', dependencies: ['t1'], estimated_effort: '4h' },
    { key: 't3', description: 'Three', dependencies: [] },
  ]);
});

test.each([
  ['Some words\n- One', 1, 'is no item of a list'],
  ['- One\n- Two after: nobody', 2, 'waits for nobody, which is no item {#nobody}'],
  ['- One {#a}\n- Two {#a}', 2, 'is named a, which is the name of another item'],
  ['- One {#task-1}', 1, 'is named task-1, which is a task ID'],
  ['- One {#a} after: b\n- Two {#b} after: a', 1, 'waits for itself: a → b → a'],
  ['- One {#a}\n  - Two after: a', 2, 'waits for itself'],
])('%j has a problem in line %i', (text, line, message) => {
  expect(parseChecklist(text).problems).toEqual([{ line, message: expect.stringContaining(message) }]);
});

test('a checklist is written with its parts below it', () => {
  const text = '- [ ] Sign in !high\n  - [x] Login page (4h) {#t1}\n  - [ ] Token flow\n- [ ] Docs after: t1\n';
  expect(formatChecklist(tasksOf(text))).toBe(text);
});

test('an item that begins with criterion: says when the one above it is done', () => {
  const text =
    '- [ ] Sign in !high\n  - [x] criterion: tests pass (4h)\n  - [ ] criterion: human: it reads well\n  - [ ] Login page\n- [ ] Docs\n';
  const [page, signIn] = tasksOf(text);
  expect(page?.criteria).toBeUndefined();
  expect(signIn?.criteria).toEqual([
    { text: 'tests pass (4h)', met: true },
    { text: 'it reads well', human: true },
  ]);
  expect(formatChecklist(tasksOf(text))).toBe(text);
  // a task of that name is none
  expect(tasksOf('- criterion: one\n- A\n  - criterion\\: two').map(({ description }) => description)).toEqual([
    'criterion: one',
    'criterion: two',
    'A',
  ]);
  expect(parseChecklist('- A\n  - criterion: b\n    - c').problems).toEqual([
    { line: 3, message: 'stands below a criterion and was left out; put it below the task' },
  ]);
});

const key = fc.stringMatching(/^(?:t\d{1,2}-?|[a-zé]{1,6}|#?[a-z]\.[0-9]!)$/).filter((text) => !text.startsWith('#'));
const line = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc
    .array(
      fc.constantFrom(
        '-',
        '1.',
        '[x]',
        '(4h)',
        '!high',
        '{#a}',
        'after: a',
        'after:',
        'criterion:',
        '\\',
        '\\(2d)',
        '#',
        'text',
        '  ',
        '*',
      ),
    )
    .map((words) => words.join(' ')),
);
const description = fc
  .array(line, { minLength: 1, maxLength: 3 })
  .map((lines) =>
    lines
      .map((each) => each.replaceAll(/[\r\n\t]/g, '').trimEnd())
      .join('\n')
      .trim(),
  )
  .filter((text) => text !== '');

const tasks = fc.uniqueArray(key, { minLength: 1, maxLength: 12 }).chain((keys) =>
  fc.tuple(
    ...keys.map((name, place) =>
      fc.record<ChecklistTask, 'key' | 'description' | 'dependencies'>(
        {
          key: fc.constant(name),
          description,
          dependencies: fc.shuffledSubarray([...keys.slice(0, place), 'TASK-0007'], {
            maxLength: Math.min(4, place + 1),
          }),
          estimated_effort: fc.constantFrom('4h', '1d 2h', '30m'),
          priority: fc.constantFrom('high', 'medium', 'low'),
          completed: fc.constant(true),
          criteria: fc.array(
            fc.record<ChecklistCriterion, 'text'>(
              {
                text: description.filter((text) => !/^human\s*:/i.test(text)),
                human: fc.constant(true),
                met: fc.constant(true),
              },
              { requiredKeys: ['text'] },
            ),
            { minLength: 1, maxLength: 2 },
          ),
        },
        { requiredKeys: ['key', 'description', 'dependencies'] },
      ),
    ),
  ),
);

test('a checklist that was written gives the same tasks back, whatever their texts are', () => {
  fc.assert(
    fc.property(tasks, (given) => {
      expect(parseChecklist(formatChecklist(given))).toEqual({ subtasks: given, problems: [] });
    }),
    { numRuns: 2_000 },
  );
});

test('any text is read, in a time that grows with its length', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => void parseChecklist(text)));
  const started = performance.now();
  for (const part of ['- a (', '- after: a, ', '- after: a,'.repeat(50_000), '  '.repeat(100_000), '- !high '])
    parseChecklist(part.length > 20 ? part : part.repeat(50_000));
  expect(performance.now() - started).toBeLessThan(5_000);
});
