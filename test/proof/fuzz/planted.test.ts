import { describe, expect, test } from 'vitest';
import { atMostOnce, once, problemOf, refusedOnce } from './support/expected.ts';
import { askedFile, canaries, Leaks } from './support/leaks.ts';

// what looks at the answers of the storms is shown what it has to find

const leaks = new Leaks({ host: '/tmp/sockets', port: 5432, database: 't_0a1b2c' }, ['/home/goals']);
const onTcp = new Leaks({ host: '10.0.0.7', port: 6543, database: 't_0a1b2c' }, []);

test.each([
  ['a stack', 'wrong\n    at runTool (run-tool.ts:1)'],
  ['a frame of a stack', 'wrong at Object.run (x)'],
  ['a source file', 'in tools/claim-tasks.ts:12'],
  ['a file that nobody asked for', 'no such file: file:///etc/hosts'],
  ['a file of the package', '/usr/lib/node_modules/goal-agent'],
  ['a path of this machine', 'no such file: /home/goals/logs'],
  ['the folder of the sockets', 'connect /tmp/sockets/.s.PGSQL.5432'],
  ['the name of the database', 'database "t_0a1b2c" is gone'],
  ['a secret of the environment', `key ${canaries.AWS_SECRET_ACCESS_KEY}`],
  ['SQL', 'select id, number from tasks'],
  ['SQL in capitals', 'failed: INSERT INTO goals'],
  ['a key', 'duplicate key value violates unique constraint'],
  ['a message of PostgreSQL', 'invalid input syntax for type json'],
  ['an error of the system', 'connect ECONNREFUSED'],
  ['an error of JavaScript', "Cannot read properties of undefined (reading 'id')"],
  ['a defect', 'Something went wrong inside Goal Agent'],
  ['the list of a checker', '[{"code":"invalid_type","path":["params"]}]'],
])('%s in an answer is seen', (_what, text) => {
  expect(() => leaks.check(text)).toThrow('An answer shows');
});

test('the address of the database is seen, and a number or an ordinary answer is not taken for one', () => {
  expect(() => onTcp.check('connect to 10.0.0.7:6543')).toThrow('An answer shows');
  for (const text of [
    '6543',
    'TASK-0001 is claimed by ann; select another task.',
    '{"goals":[]}',
    'PostgreSQL',
    askedFile,
  ]) {
    expect(() => onTcp.check(text)).not.toThrow();
  }
});

describe('of the answers that are expected', () => {
  const counted = (...ids: string[]) => {
    const counts = new Map<string, number>();
    for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
    return counts;
  };

  test.each([
    ['one that is missing', [once('1')], counted(), '1 is not answered'],
    ['one that came twice', [once('1')], counted('1', '1'), '1 is answered 2 times'],
    ['one for nothing', [once('1')], counted('1', '2'), '2 is answered, and nothing with it was asked'],
    ['one without an ID for nothing', [once('1')], counted('1', 'null'), '1 answers more than lines have no ID'],
    ['one of a broken line', [refusedOnce('1')], counted(), 'not answered'],
    ['both of a broken line', [refusedOnce('1')], counted('1', 'null'), '1 answers more'],
    ['two of a request that was taken back', [atMostOnce('1')], counted('1', '1'), '1 is answered 2 times'],
    ['one of two with the same ID', [once('1'), once('1')], counted('1'), '1 is not answered'],
  ])('%s is seen', (_what, expected, counts, problem) => {
    expect(problemOf(expected, counts)).toContain(problem);
  });

  test.each([
    ['each once', [once('1'), once('"a"')], counted('1', '"a"')],
    ['a broken line by its ID', [refusedOnce('1')], counted('1')],
    ['a broken line without it', [refusedOnce('1')], counted('null')],
    ['a request that was taken back', [atMostOnce('1')], counted()],
    ['two with the same ID', [once('1'), once('1')], counted('1', '1')],
    ['a broken line with the ID of what was taken back', [atMostOnce('1'), refusedOnce('1')], counted('1', 'null')],
  ])('%s is as it should be', (_what, expected, counts) => {
    expect(problemOf(expected, counts)).toBeUndefined();
  });
});
