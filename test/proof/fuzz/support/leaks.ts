import type pg from 'pg';

/** Secrets that are planted in the environment of each process, so that an answer that tells of the environment is seen. */
export const canaries = {
  AWS_SECRET_ACCESS_KEY: 'canary-cloud-5f1c0d',
  POSTGRES_PASSWORD: 'canary-password-77ab21',
  REDIS_PASSWORD: 'canary-cache-0c44e9',
};

/** What the inside looks like from outside: stacks, paths, SQL and the messages of PostgreSQL and of the schemas' checker. */
const insides: Record<string, RegExp> = {
  'a stack': /\n\s+at |\bat (?:async |new )?[\w.<>]+ \(|node:internal|\bat Object\./,
  'a source file': /\.[cm]?[jt]s:\d|file:\/\/|node_modules|\bdist\//,
  SQL: /\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM)\b [\w*"]|\bselect [\w.*, ]+ from\b|\binsert into \w|\bworkspace_id\b|\$\d+::/,
  'a message of PostgreSQL':
    /violates|duplicate key|invalid input syntax|syntax error at|relation "|column "|deadlock detected|canceling statement|out of range for type|invalid byte sequence|Unicode (?:low|high) surrogate|unsupported Unicode|permission denied for|SQLSTATE|could not (?:connect|serialize)/,
  'a system error': /E(?:CONNREFUSED|CONNRESET|PIPE|NOENT|ACCES|NOTFOUND|TIMEDOUT)\b/,
  'a JavaScript error':
    /\b(?:Type|Range|Reference|Syntax)Error\b|Cannot read propert|is not a function|is not iterable|undefined is not|Maximum call stack|Invalid time value|Cannot convert|Unexpected token|\[object Object\]/,
  'a defect': /Something went wrong inside/,
  'a checker': /\binvalid_(?:type|union|value)\b|"path\\?":|ZodError/,
};

/** A file that a storm asks for: who is refused it may be told which it was. */
export const askedFile = 'file:///etc/passwd';

/** Finds in an answer what no caller should see. */
export class Leaks {
  readonly #secrets: string[];

  /** @param places folders and files of this machine that the process knows */
  constructor({ host, port, database }: pg.ClientConfig, places: string[]) {
    this.#secrets = [
      ...Object.values(canaries),
      ...places,
      String(database),
      // a number alone may be anybody's
      ...(String(host).startsWith('/') ? [String(host), `.s.PGSQL.${port}`] : [`${host}:${port}`]),
    ];
  }

  /** @throws an error that shows where the answer tells what it should not */
  check(answer: string): void {
    for (const secret of this.#secrets) {
      if (answer.includes(secret)) throw leak(`the secret ${secret}`, answer, answer.indexOf(secret));
    }
    const untold = answer.replaceAll(askedFile, '');
    for (const [what, form] of Object.entries(insides)) {
      const found = form.exec(untold);
      if (found !== null) throw leak(what, untold, found.index);
    }
  }
}

function leak(what: string, answer: string, index: number): Error {
  return new Error(`An answer shows ${what}: …${answer.slice(Math.max(0, index - 200), index + 300)}…`);
}
