import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactNumber, readJson, writeJson } from '../../src/domain/json-text.ts';
import { JsonTextError, jsonEntries, parseJson } from '../../src/legacy/json-text.ts';

function failureOf(text: string): { line: number; column: number; message: string } {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof JsonTextError) return { line: error.line, column: error.column, message: error.message };
    throw error;
  }
  throw new Error('it was read');
}

describe('reading JSON', () => {
  it('gives what JSON.parse gives, for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 1, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(parseJson(text)).toEqual({ value: JSON.parse(text), notices: [] });
      }),
    );
  });

  it('takes no text that JSON.parse does not, but for what Python adds, and fails in no other way', () => {
    const damaged = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', '"', '{', ']', ',', '\\', '\n', 'x', '0', '-', '\u0000'))
      .map(([text, place, more]) => {
        const at = place % (text.length + 1);
        return text.slice(0, at) + more + text.slice(at + 1);
      });
    fc.assert(
      fc.property(damaged, (text) => {
        const expected = attempt(() => readJson(text));
        const found = attempt(() => parseJson(text).value);
        if (expected === undefined) expect(() => parseJson(text)).toThrow(JsonTextError);
        else expect(found).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['{\n  "a": 1,\n  "b": }', 3, 8, 'a value belongs here'],
    ['{"a": [1, 2', 1, 12, 'the text ends in the middle'],
    ['{"a": "x', 1, 9, 'the text ends in the middle'],
    ['', 1, 1, 'the text ends in the middle'],
    ['{"a": 1}\n\n{', 3, 1, 'there is more after the end of the JSON'],
    ['{"a" 1}', 1, 6, 'a colon belongs here'],
    ['[1 2]', 1, 4, 'a comma or ] belongs here'],
    ['{"é\\x": 1}', 1, 4, 'this escape (\\) is not valid JSON'],
  ])('says where %j is broken', (text, line, column, message) => {
    expect(failureOf(text)).toEqual({ line, column, message });
  });

  it('keeps the last of two equal keys, as Python does, and tells of the other', () => {
    expect(parseJson('{"a": {"k": [1]}, "a": 2}')).toEqual({
      value: { a: 2 },
      notices: [{ path: ['a'], problem: 'duplicate_key', verbatim: '{"k":[1]}' }],
    });
  });

  it('takes the numbers that only Python writes, and tells of them', () => {
    expect(parseJson('[NaN, -Infinity, Infinity]')).toMatchObject({
      value: [null, null, null],
      notices: [{ path: [0], verbatim: 'NaN' }, { verbatim: '-Infinity' }, { verbatim: 'Infinity' }],
    });
  });

  it.each([
    ['12345678901234567890123', true],
    ['9007199254740993', true],
    ['9007199254740991', false],
    ['0.1000000000000000055511151231257827', true],
    ['0.30000000000000004', false],
    ['1.7976931348623157e+308', false],
    ['123456789012345678e400', true],
    ['5e324', true],
    ['1e-400', true],
    ['-0', false],
    ['0.0', false],
    ['1000000000000000000000', false],
  ])('keeps %s exactly, as the text of a number where a double cannot hold it: %s', (text, marked) => {
    const { value, notices } = parseJson(text);
    expect(notices).toEqual([]);
    expect(exactNumber(value)).toBe(marked ? text : undefined);
    if (marked) expect(writeJson(value)).toBe(text);
    else expect(value).toBe(Number(text));
  });

  it('takes no text for a number', () => {
    const text = '"\\u0000number 5"';
    expect(exactNumber(parseJson(text).value)).toBeUndefined();
  });

  it('keeps a value nested without end as text', () => {
    const deep = `${'['.repeat(100_000)}"]"${']'.repeat(100_000)}`;
    const { notices } = parseJson(`{"a": ${deep}}`);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatchObject({
      problem: 'nested_too_deep',
      verbatim: expect.stringMatching(/^\[{1000}.*\]{1000}$/),
    });
    expect(() => parseJson('['.repeat(100_000))).toThrow('the text ends in the middle');
  });

  it('keeps a key named __proto__ as a key', () => {
    expect(Object.entries(parseJson('{"__proto__": {"a": 1}}').value as object)).toEqual([['__proto__', { a: 1 }]]);
  });

  it('gives out the entries of an object one by one, and takes nothing but an object', () => {
    expect([...jsonEntries('\ufeff {"b": 1, "a": [2], "b": NaN}')]).toEqual([
      { key: 'b', value: 1, start: 10, end: 11, notices: [] },
      { key: 'a', value: [2], start: 18, end: 21, notices: [] },
      {
        ...{ key: 'b', value: null, start: 28, end: 31 },
        notices: [{ path: ['b'], problem: 'not_a_json_number', verbatim: 'NaN' }],
      },
    ]);
    expect(() => [...jsonEntries(' []')]).toThrow('an object ({…}) belongs here');
    expect(() => [...jsonEntries('{"a": 1} 2')]).toThrow('there is more after the end of the JSON');
  });
});

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
