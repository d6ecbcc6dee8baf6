/** `error`: something does not work, or can lose what was acknowledged. `warning`: it will, or it slows work down. */
export type Level = 'ok' | 'warning' | 'error';

/** One thing that the doctor looked at. No part of it is a secret. */
export interface Finding {
  level: Level;
  /** What was looked at: `settings`, `files`, `database` … */
  area: string;
  /** What is so, and what it means. */
  what: string;
  /** What to do about it; only where there is something to do. */
  advice?: string;
  /** The workspace whose counts `--fix` mends, and the counts that are wrong. */
  counts?: { workspace: string; wrong: string[] };
}

/** The findings of one area, in the order in which they are made. */
export function findingsOf(area: string) {
  const findings: Finding[] = [];
  return {
    findings,
    ok: (what: string) => void findings.push({ level: 'ok', area, what }),
    warning: (what: string, advice: string) => void findings.push({ level: 'warning', area, what, advice }),
    error: (what: string, advice: string) => void findings.push({ level: 'error', area, what, advice }),
  };
}
