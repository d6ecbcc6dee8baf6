// Names of resources are texts: `staging`, `db:migrations`, `src/auth/**`. With wildcards a name stands for many paths.
// `*` is any text within one part of a path, `?` one character, and a part `**` any number of parts. All else is itself,
// brackets too: `app/[id]/page.tsx` is the name of a file.

/** Wildcards of one name. */
const mostWildcards = 20;
const anyParts = '**';

/** A name in the one form in which names are compared: `./src\auth/` is `src/auth`. */
export function normalName(text: string): string {
  const parts = text.trim().normalize('NFC').replaceAll('\\', '/').split('/');
  return parts.filter((part) => part !== '' && part !== '.').join('/');
}

/** Why a normal name cannot be held, as the end of a sentence; undefined where it can. */
export function problemOfName(name: string): string | undefined {
  if (name === '') return 'names nothing';
  if (name.split('/').includes('..')) return 'leads out of its folder; write the path from the root of the repository';
  if (/[{}]/.test(name) || name.startsWith('!')) {
    return 'has a wildcard that is not known; *, ? and ** are, and several names may be given';
  }
  const wildcards = name.match(/\*+|\?/g)?.length ?? 0;
  return wildcards > mostWildcards ? `has more than ${mostWildcards} wildcards` : undefined;
}

/** Whether some path has both names. Both are normal. */
export function namesMeet(a: string, b: string): boolean {
  if (a === b) return true;
  if (!hasWildcard(a) && !hasWildcard(b)) return false;
  return meet(a.split('/'), b.split('/'), { isAny: (part) => part === anyParts, meets: partsMeet });
}

/** Whether some part of a path fits both. */
function partsMeet(a: string, b: string): boolean {
  if (a === b) return true;
  const characters = (part: string) => [...part.replaceAll(/\*+/g, '*')];
  const meets = (one: string, other: string) => one === other || one === '?' || other === '?';
  return meet(characters(a), characters(b), { isAny: (character) => character === '*', meets });
}

interface Items {
  /** Whether the item stands for any number of others, none included. */
  isAny(item: string): boolean;
  /** Whether two items may stand for the same. */
  meets(a: string, b: string): boolean;
}

/** Whether two sequences may stand for the same. Takes steps of the length of both where both have items for any number. */
function meet(a: string[], b: string[], items: Items): boolean {
  const [anyA, anyB] = [a.some(items.isAny), b.some(items.isAny)];
  if (anyA && anyB) return beginAlike(a, b, items) && beginAlike(a.toReversed(), b.toReversed(), items);
  if (anyA) return fits(b, a, items);
  return fits(a, b, items);
}

/**
 * Whether all before the first item that stands for any number is alike. Where the ends are, too, some sequence has both: it
 * begins with the longer beginning, goes on with the middle of one and that of the other, and has the longer end.
 */
function beginAlike(a: string[], b: string[], { isAny, meets }: Items): boolean {
  const firstAny = a.findIndex((one, place) => isAny(one) || isAny(b[place] ?? ''));
  return a.slice(0, firstAny).every((one, place) => meets(one, b[place] ?? ''));
}

/** Whether a sequence of a fixed length fits a pattern: each part of the pattern at the first place where it does. */
function fits(fixed: string[], pattern: string[], { isAny, meets }: Items): boolean {
  let at = 0;
  let next = 0;
  let again: { at: number; next: number } | undefined;
  while (at < fixed.length) {
    const item = pattern[next];
    if (item !== undefined && isAny(item)) {
      next += 1;
      again = { at, next };
    } else if (item !== undefined && meets(fixed[at] ?? '', item)) {
      at += 1;
      next += 1;
    } else if (again !== undefined) {
      again.at += 1;
      ({ at, next } = again);
    } else return false;
  }
  return pattern.slice(next).every(isAny);
}

function hasWildcard(name: string): boolean {
  return /[*?]/.test(name);
}
