// Looks at JSON text from outside, without parsing it: the text may be broken, and numbers stay as they were written.

interface Mark {
  /** A bracket, a comma, a colon, or a whole string. */
  mark: string;
  index: number;
  /** The number of open brackets, the bracket of this mark included. */
  depth: number;
}

const numberForm = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?=\s*(?:[,}]|$))/y;

/** The ID of a message as its text has it, also where the message is broken; `null` where none can be read. */
export function idText(text: string): string {
  let previous = '';
  for (const { mark, index, depth } of marks(text)) {
    if (mark === ':' && depth === 1 && previous === '"id"') return valueAt(text, index + 1);
    previous = mark;
  }
  return 'null';
}

/** The elements of a list, each as its text has it. The last element of an unfinished list is the rest of the text. */
export function elementTexts(list: string): string[] {
  const elements: string[] = [];
  let start = 1;
  let end = list.length;
  for (const { mark, index, depth } of marks(list)) {
    if (depth === 0) {
      end = index;
      break;
    }
    if (mark !== ',' || depth !== 1) continue;
    elements.push(list.slice(start, index));
    start = index + 1;
  }
  const last = list.slice(start, end).trim();
  return last === '' && elements.length === 0 ? [] : [...elements, last];
}

/** A string that does not end is no mark, and ends the text. */
function* marks(text: string): Iterable<Mark> {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const mark = text[index] as string;
    if (mark === '"') {
      const end = stringEnd(text, index);
      yield { mark: text.slice(index, end), index, depth };
      index = end - 1;
      continue;
    }
    if (mark === '{' || mark === '[') depth += 1;
    else if (mark === '}' || mark === ']') depth -= 1;
    else if (mark !== ',' && mark !== ':') continue;
    yield { mark, index, depth };
  }
}

/** The place after the string that begins here. */
function stringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return end + 1;
  }
  return text.length;
}

function valueAt(text: string, index: number): string {
  let start = index;
  while (/\s/.test(text[start] ?? '')) start += 1;
  if (text[start] === '"') return wholeString(text.slice(start, stringEnd(text, start)));
  numberForm.lastIndex = start;
  return numberForm.exec(text)?.[0] ?? 'null';
}

/** The string, unless it does not end, or has a character that JSON forbids. */
function wholeString(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return 'null';
  }
}
