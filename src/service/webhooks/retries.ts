/** A receiver that takes nothing for so long is switched off. */
export const patienceSeconds = 86_400;

const minute = 60;
const hour = 3_600;
/** The pause after each attempt that failed in a row; the last one for all that follow. */
const pauses = [5, 30, 2 * minute, 10 * minute, 30 * minute, hour, 2 * hour, 3 * hour];

/**
 * Seconds until the next attempt, after so many that failed in a row. A tenth more or less, so that receivers that went away
 * together are not all tried in one moment.
 */
export function pauseAfter(attempts: number, random: number = Math.random()): number {
  const pause = pauses[Math.min(attempts, pauses.length) - 1] ?? 0;
  return pause * (0.9 + 0.2 * random);
}
