// The words of a text: one function for stored texts and for queries, whatever the database's locale.

/** One word of a text, or a run of a script that puts no blanks between its words. */
export interface Term {
  /** A word without marks and in lower case, or the run. */
  whole: string;
  /** The pieces of an identifier, in order; of any other word the word itself; of a run every two neighbours. */
  pieces: string[];
  /** Further words that find it, but that no query asks for: 1 of v1. */
  numbers: string[];
  isRun: boolean;
}

const unspaced = String.raw`[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]`;
const letter = String.raw`[\p{L}\p{N}\p{M}]`;
/** Runs, words, and pictures, each of which is a word. Everything else separates words. */
const anyTerm = String.raw`(?<run>(?:(?=${letter})${unspaced})+)|(?<word>(?:(?!${unspaced})${letter})+)|\p{RI}{2}|\p{Extended_Pictographic}`;
const terms = new RegExp(anyTerm, 'gu');

/** Marks over and under the letters of an alphabet. In other writings they are letters of their own. */
const marks =
  /(?!\p{scx=Kana})(?=[\p{sc=Zinh}\p{scx=Latn}\p{scx=Grek}\p{scx=Cyrl}\p{scx=Hebr}\p{scx=Arab}])\p{M}|\u00ad|\u0640|\u200c|\u200d|\u2060/gu;
/** Letters without a decomposition. */
const plainLetters: Record<string, string> = {
  ς: 'σ',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ŧ: 't',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
};
const lettersToPlain = new RegExp(`[${Object.keys(plainLetters).join('')}]`, 'g');

/** Between a small letter and a capital one, and before the last of several capitals: get|User, HTML|Page. */
const humps = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
/** sha256. A longer mix is no identifier. */
const lettersAndNumber = /^(\p{L}{2,})(\p{N}+)$/u;
/** v1. One letter is no word of its own: it would find half of all texts by chance. */
const letterAndNumber = /^\p{L}(\p{N}+)$/u;
const mostPieces = 8;
/** A longer word counts with its start: PostgreSQL keeps none of more than 2,046 bytes. */
const longestWord = 60;

const ascii = /^[\0-\x7f]*$/;
/** The most frequent texts and words take this way: the tables of Unicode take five times as long. */
const asciiWord = /[A-Za-z0-9]+/g;
const asciiPlainWord = /^(?:[A-Za-z]?[a-z]*|\d+)$/;

/** The words of a text, in order. */
export function* termsIn(text: string): Iterable<Term> {
  if (ascii.test(text)) {
    for (const [found] of text.matchAll(asciiWord)) yield wordOf(found);
    return;
  }
  for (const { groups, 0: found } of withoutMarks(text).matchAll(terms)) {
    if (groups?.run !== undefined) yield runOf(found);
    else yield wordOf(found);
  }
}

/** Where each word and run of a text stands, as it is written. */
export function* placesIn(text: string): Iterable<{ start: number; written: string }> {
  for (const { index, 0: written } of text.matchAll(terms)) yield { start: index, written };
}

function withoutMarks(text: string): string {
  return text.normalize('NFKD').replaceAll(marks, '').normalize('NFC');
}

function wordOf(found: string): Term {
  if (asciiPlainWord.test(found)) {
    const whole = plain(found);
    return { whole, pieces: [whole], numbers: [], isRun: false };
  }
  const parts = found.split(humps);
  const pieces = parts.flatMap((part) => lettersAndNumber.exec(part)?.slice(1) ?? [part]);
  const numbers = parts.flatMap((part) => letterAndNumber.exec(part)?.slice(1) ?? []);
  if (pieces.length > mostPieces) return { whole: plain(found), pieces: [plain(found)], numbers: [], isRun: false };
  return { whole: plain(found), pieces: pieces.map(plain), numbers: numbers.map(plain), isRun: false };
}

function runOf(found: string): Term {
  const characters = [...found];
  const pieces = characters.slice(1).map((character, place) => `${characters[place]}${character}`);
  return { whole: found, pieces, numbers: [], isRun: true };
}

function plain(word: string): string {
  const short = word.length > longestWord ? [...word].slice(0, longestWord).join('') : word;
  if (ascii.test(short)) return short.toLowerCase();
  // by way of capitals, which make two letters of ß
  const folded = short.toLowerCase().toUpperCase().toLowerCase();
  return folded.replaceAll(lettersToPlain, (each) => plainLetters[each] ?? each);
}
