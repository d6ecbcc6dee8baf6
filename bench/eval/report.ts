import type { Replayed, Scored } from './run.ts';

const share = (part: number, all: number) => `${part} of ${all} (${Math.round((100 * part) / all)} %)`;

/** Lines on what a model called. */
export function reportScored(scored: readonly Scored[], print: (line: string) => void): void {
  for (const { says, called, words, isRight } of scored) {
    if (isRight) continue;
    print(`wrong: ${says}`);
    print(
      `  ${called === undefined ? `no call: ${words.slice(0, 200)}` : `${called.tool} ${JSON.stringify(called.input)}`}`,
    );
  }
  const count = (what: 'isRightTool' | 'isRight') => scored.filter((each) => each[what]).length;
  print(`right tool in the first call: ${share(count('isRightTool'), scored.length)}`);
  print(`with the arguments that matter: ${share(count('isRight'), scored.length)}`);
}

/** Lines on what the recorded calls came to. */
export function reportReplayed(replayed: readonly Replayed[], print: (line: string) => void): void {
  for (const { says, wrong } of replayed) if (wrong !== undefined) print(`wrong: ${says}\n  ${wrong}`);
  const right = replayed.filter(({ wrong }) => wrong === undefined).length;
  const among = (places: number) => replayed.filter(({ place }) => place <= places).length;
  print(`recorded calls that do what the task asks for: ${share(right, replayed.length)}`);
  print(
    `a right tool by its words alone (BM25): first in ${among(1)}, among three in ${among(3)}, among five in ${among(5)}`,
  );
}
