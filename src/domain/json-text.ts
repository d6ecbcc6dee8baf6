// The one place where JSON text from outside becomes values, and values become JSON text. It has no library, because
// the first answer of a start waits for it.
//
// Numbers stay as they are written. JavaScript rounds a number that a double cannot hold (1234567890123456789 becomes
// 1234567890123456800); JSON and jsonb do not. Inside the program such a number is text that begins with a mark. A
// user's text never begins with the mark, because every text with NUL is refused.

const mark = '\0number ';
/** The mark as JSON text has it. */
const writtenMark = '"\\u0000number ';
const writtenNumber = /(?<!\\)"\\u0000number (-?\d[\d.eE+-]*)"/g;

const numberForm = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** Fewer digits, and an exponent of two, always fit. */
const mayNotFit = /[\d.]{16}|\d[eE][+-]?\d{3}/;
/** JSON has no other way to write a text that begins with NUL. */
const startsWithNul = /"\\u0000/;

/**
 * The value that a JSON text says, with the numbers that a double cannot hold kept exactly.
 * @throws SyntaxError
 */
export function readJson(text: string): unknown {
  return JSON.parse(markNumbers(text));
}

/** The JSON text of a value, as JSON.stringify writes it, with all numbers exact. */
export function writeJson(value: unknown, space?: number): string {
  return exactJsonText(JSON.stringify(value, null, space));
}

/** JSON text in which marked text stands for each number that a double cannot hold: for JSON.parse. */
function markNumbers(text: string): string {
  if (!mayNotFit.test(text) && !startsWithNul.test(text)) return text;
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    const open = text.indexOf('"', at);
    const end = open === -1 ? text.length : endOfString(text, open);
    parts.push(text.slice(at, open === -1 ? end : open).replace(/-?\d[\d.eE+-]*/g, markNumber));
    if (open !== -1) parts.push(unlikeMark(text.slice(open, end)));
    at = end;
  }
  return parts.join('');
}

/** JSON text that JSON.stringify wrote, with the numbers in place of the marked text. */
export function exactJsonText(json: string): string {
  // undefined has no JSON text
  return json?.includes(writtenMark) ? json.replace(writtenNumber, '$1') : json;
}

/** The number that a marked text stands for, as it was written; undefined for all other values. */
export function exactNumber(value: unknown): string | undefined {
  return typeof value === 'string' && value.startsWith(mark) ? value.slice(mark.length) : undefined;
}

/** The value of this number, given as JSON writes it: a number where a double holds it, otherwise marked text. */
export function numberOf(written: string): number | string {
  return fits(written) ? Number(written) : `${mark}${written}`;
}

/**
 * Text that somebody wrote. Where it begins with the mark it gets another NUL in front; a check refuses or replaces
 * both.
 */
export function unlikeNumber(text: string): string {
  return text.startsWith(mark) ? `\0${text}` : text;
}

/** The digits that a number takes when it is written without an exponent, as jsonb writes it. */
export function digitsOf(number: string): number {
  const { digits, exponent } = decimal(number);
  return Math.max(digits.length + Math.max(0, exponent), -exponent);
}

function markNumber(written: string): string {
  return !numberForm.test(written) || fits(written) ? written : `${writtenMark}${written}"`;
}

/** Past the closing quote; the end of the text where there is none. */
function endOfString(text: string, open: number): number {
  for (let end = text.indexOf('"', open + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return end + 1;
  }
  return text.length;
}

/** As `unlikeNumber`, for a text in its quotes. */
function unlikeMark(string: string): string {
  if (!startsWithNul.test(string.slice(0, 7))) return string;
  try {
    return exactNumber(JSON.parse(string)) === undefined ? string : `"\\u0000${string.slice(1)}`;
  } catch {
    return string; // no JSON: the parser of the whole text says so
  }
}

/** Whether JavaScript would write an equal number: 1.0, -0 and 1e2 fit, 9007199254740993, 1e400 and 0.1000000000000000055 do not. */
function fits(written: string): boolean {
  if (written.length <= 15 && !/e/i.test(written)) return true;
  const number = Number(written);
  if (!Number.isFinite(number)) return false;
  const [given, held] = [decimal(written), decimal(String(number))];
  return given.sign === held.sign && given.digits === held.digits && given.exponent === held.exponent;
}

/** A number as its significant digits and the power of ten of the last of them: equal numbers are equal here. */
function decimal(number: string): { sign: string; digits: string; exponent: number } {
  const [, sign = '', whole = '', fraction = '', power = '0'] = numberForm.exec(number) ?? [];
  const all = whole + fraction;
  let [start, end] = [0, all.length];
  while (start < end && all[start] === '0') start += 1;
  // a regular expression would begin anew at each zero
  while (end > start && all[end - 1] === '0') end -= 1;
  if (start === end) return { sign: '', digits: '', exponent: 0 };
  return { sign, digits: all.slice(start, end), exponent: Number(power) - fraction.length + all.length - end };
}
