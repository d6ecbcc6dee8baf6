import fc from 'fast-check';
import { Minimatch } from 'minimatch';
import { describe, expect, it } from 'vitest';
import { namesMeet, normalName, problemOfName } from '../../src/domain/resource-names.ts';

/** What a path has to be to have a name, by a library that others use for globs. */
const options = { dot: true, nobrace: true, noext: true, nonegate: true, nocomment: true } as const;
const matcher = (name: string) => new Minimatch(name, options);
/** Whether a path has a name: by that library, for which `a/**` is not `a` itself. */
function has(name: string): (path: string) => boolean {
  const [whole, folder] = [matcher(name), name.endsWith('/**') ? matcher(name.slice(0, -3)) : undefined];
  return (path) => whole.match(path) || folder?.match(path) === true;
}

const part = fc.oneof(
  fc.constantFrom('**', '*', '?', 'a', 'b', 'ab', 'a*', '*b', 'a?', '*a*', '?b*', 'a*b'),
  fc
    .string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 4 })
    .filter((text) => !text.includes('**')),
);
const name = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));

/** Every path of at most so many characters. */
function pathsUpTo(length: number): string[] {
  let all: string[] = [''];
  const paths: string[] = [];
  for (let n = 0; n < length; n += 1) {
    all = all.flatMap((path) => ['a', 'b', '/'].map((character) => path + character));
    paths.push(...all.filter((path) => !/^\/|\/\/|\/$/.test(path)));
  }
  return paths;
}
const paths = pathsUpTo(7);

function pathOfBoth(a: string, b: string): string | undefined {
  const [hasA, hasB] = [has(a), has(b)];
  return paths.find((path) => hasA(path) && hasB(path));
}

describe('two names meet', () => {
  it.each([
    ['staging', 'staging', true],
    ['staging', 'production', false],
    ['src/auth/**', 'src/auth/login.ts', true],
    ['src/auth/**', 'src/auth', true],
    ['src/auth/**', 'src/authors/a.ts', false],
    ['src/**/*.ts', 'src/a/b/c.ts', true],
    ['src/**/*.ts', '**/test.js', false],
    ['**', 'anything/at all', true],
    ['src/*/index.ts', 'src/**/in*.ts', true],
    ['app/[id]/page.tsx', 'app/i/page.tsx', false],
    ['app/[id]/*', 'app/[id]/page.tsx', true],
    ['日本/*', '日本/語', true],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(namesMeet(a, b)).toBe(expected);
    expect(namesMeet(b, a)).toBe(expected);
  });

  it('whenever a path has both', () => {
    fc.assert(
      fc.property(name, name, (a, b) => {
        const witness = pathOfBoth(a, b);
        if (witness !== undefined) expect({ a, b, witness, meet: namesMeet(a, b) }).toMatchObject({ meet: true });
      }),
      { numRuns: 300 },
    );
  });

  it('only if a path has both, which is short where the names are', () => {
    const short = fc
      .array(fc.constantFrom('**', '*', '?', 'a', 'b', 'a*', '*b', '?a'), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join('/'))
      .filter((text) => text.length <= 5);
    fc.assert(
      fc.property(short, short, (a, b) => {
        const witness = pathOfBoth(a, b);
        expect({ a, b, meet: namesMeet(a, b) }).toMatchObject({ meet: witness !== undefined });
      }),
      { numRuns: 300 },
    );
  });

  it('and whoever asks is answered soon, whatever the names', () => {
    const long = Array.from({ length: 20 }, () => '*aaaaaaaaa').join('');
    const began = performance.now();
    for (let n = 0; n < 1_000; n += 1) namesMeet(`${long}c`, `${long}b`);
    for (let n = 0; n < 1_000; n += 1) namesMeet('a'.repeat(200), `*${'a'.repeat(98)}b`);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

it('a name has one form', () => {
  expect(['./src\\auth/', 'src//auth', ' src/./auth ', 'src/auth'].map(normalName)).toEqual(Array(4).fill('src/auth'));
  expect(normalName('e\u0301')).toBe('\u00e9');
});

it.each([
  ['', 'names nothing'],
  ['../secret', 'leads out'],
  ['src/{a,b}', 'not known'],
  ['!src', 'not known'],
  ['?'.repeat(21), 'more than 20'],
])('%s cannot be held', (text, problem) => {
  expect(problemOfName(normalName(text))).toContain(problem);
});
