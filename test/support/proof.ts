import { appendFileSync } from 'node:fs';

/** Whether this run is one of `npm run proof`, at full length, and not the short one that every test run has. */
export const isAtLength = process.env.PROOF_RESULTS !== undefined;

/** How often a proof repeats: briefly in the tests, at length by `npm run proof`, or as often as its option says. */
export function repeats(option: 'rounds' | 'minutes', { briefly, atLength }: { briefly: number; atLength: number }) {
  const given = process.env[`PROOF_${option.toUpperCase()}`];
  return given === undefined ? (isAtLength ? atLength : briefly) : Number(given);
}

/** The seed of what is drawn by chance. A failure names it, and `npm run proof -- NAME --seed N` draws the same again. */
export const seed = Number(process.env.PROOF_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Says what a proof has counted. `npm run proof` prints all of it at its end, below the machine and the versions. */
export function tell(proof: string, counts: Record<string, string | number>): void {
  const line = Object.entries(counts)
    .map(([what, count]) => `${typeof count === 'number' ? count.toLocaleString('en') : count} ${what}`)
    .join(', ');
  process.stderr.write(`${proof}: ${line}\n`);
  if (process.env.PROOF_RESULTS !== undefined) appendFileSync(process.env.PROOF_RESULTS, `${proof}: ${line}\n`);
}
