import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digitsOf, exactNumber, readJson, writeJson } from '../../src/domain/json-text.ts';

const throughUs = (text: string) => writeJson(readJson(text));

describe('a number', () => {
  it.each([
    '1234567890123456789',
    '-12345678901234567890',
    '9007199254740993',
    '1e400',
    '-1E+400',
    '1e-400',
    '0.1000000000000000055511151231257827',
    '0.10000000000000001',
    '3.14159265358979323846',
    '1.8e308',
    `1${'0'.repeat(400)}1`,
  ])('that a double cannot hold comes out as it went in: %s', (number) => {
    expect(throughUs(number)).toBe(number);
    expect(throughUs(`{"a":[${number},"${number}"],"b":${number}}`)).toBe(
      `{"a":[${number},"${number}"],"b":${number}}`,
    );
    expect(exactNumber(readJson(number))).toBe(number);
  });

  it.each([
    '0',
    '-0',
    '1.0',
    '1.50',
    '1e2',
    '1E23',
    '9007199254740992',
    '123456789012345680000',
    '0.1',
    '0.30000000000000004',
    '5e-324',
    '1.7976931348623157e308',
    '1.0000000000000000000000',
  ])('that a double holds is a number of JavaScript: %s', (number) => {
    expect(readJson(number)).toBe(JSON.parse(number));
  });

  it('never changes its value, however it is written', () => {
    const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,25})(\.\d{1,25})?([eE][+-]?\d{1,3})?$/);
    fc.assert(
      fc.property(digits, (number) => {
        expect(scaled(throughUs(number))).toBe(scaled(number));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['1e300', 301],
    ['12.5', 3],
    ['1e-400', 400],
    ['-0', 0],
    ['120', 3],
  ])('%s takes %i digits where none is written as a power', (number, digits) => {
    expect(digitsOf(number)).toBe(digits);
  });
});

describe('text', () => {
  it('is what JSON.parse reads and JSON.stringify writes, whatever is in it', () => {
    const values = fc.jsonValue();
    fc.assert(
      fc.property(values, fc.string({ unit: 'binary' }), (value, text) => {
        for (const each of [value, text, { [text]: text, n: [1e-7, value] }]) {
          const json = JSON.stringify(each);
          expect(readJson(json)).toEqual(JSON.parse(json));
          expect(JSON.parse(throughUs(json))).toEqual(JSON.parse(json));
        }
      }),
    );
  });

  it('that looks like a number, a quote or our mark stays text', () => {
    for (const text of ['"1234567890123456789"', String.raw`"\"1e999\\"`, String.raw`["\\",1e999,"\\\"1e999"]`]) {
      expect(throughUs(text)).toBe(text);
    }
    for (const text of [String.raw`"\u0000number 5"`, String.raw`"\u0000\u006eumber 5"`]) {
      expect(exactNumber(readJson(text))).toBeUndefined();
      expect(throughUs(text)).toMatch(/^"\\u0000/);
    }
    expect(writeJson(['x"\0number 5', { 'a"\0number 5': 1 }])).toBe(
      JSON.stringify(['x"\0number 5', { 'a"\0number 5': 1 }]),
    );
  });

  it.each(['1e999x', '01234567890123456789', '1e999.5', '[1e999', '"1e999', '{"a" 1e999}', ''])(
    'that is no JSON is refused: %s',
    (text) => {
      expect(() => readJson(text)).toThrow(SyntaxError);
    },
  );

  it('of a million levels, of one long text or one long number is read in no more time than it takes', () => {
    const long = [`${'['.repeat(1e6)}1e999${']'.repeat(1e6)}`, `"${'\\"1e999 '.repeat(1e6)}"`, `1${'0'.repeat(5e6)}1`];
    const start = performance.now();
    for (const text of long) readJson(text);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

/** The value as a whole number of 10^-2000. */
function scaled(number: string): bigint {
  const [, sign, whole, fraction = '', power = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  return BigInt(`${sign}${whole}${fraction}`) * 10n ** BigInt(2_000 + Number(power) - fraction.length);
}
