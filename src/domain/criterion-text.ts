// A criterion as one text, wherever people and files write it. Without schemas, since the board reads checklists too.

/** A criterion as somebody gives it. `human` left out leaves one that is there as it is. */
export interface NewCriterion {
  text: string;
  human?: boolean | undefined;
}

/** `human: …` is the word by which a text names a criterion that only a person meets. */
const forPerson = /^\s*human\s*:\s*(?=\S)/i;

export function readCriterion(line: string): NewCriterion {
  const plain = line.replace(forPerson, '').trim();
  return forPerson.test(line) ? { text: plain, human: true } : { text: plain };
}

/** The text that `readCriterion` reads as this criterion. */
export function writeCriterion({ text, human }: NewCriterion): string {
  return human === true ? `human: ${text}` : text;
}

/** The same with its mark: `[x] tests pass`, `[ ] human: it reads well`. */
export function writeMarked({ met_at, ...criterion }: NewCriterion & { met_at?: string | undefined }): string {
  return `[${met_at === undefined ? ' ' : 'x'}] ${writeCriterion(criterion)}`;
}

const mark = /^\s*(?:[-*+] +)?\[([ xX])\] +/;

/** A criterion in another program's file, with or without a mark. */
export function readMarked(line: string): NewCriterion & { isMet: boolean } {
  return { ...readCriterion(line.replace(mark, '')), isMet: mark.exec(line)?.[1]?.toLowerCase() === 'x' };
}
