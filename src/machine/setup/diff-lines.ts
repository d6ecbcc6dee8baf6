import { structuredPatch } from 'diff';

/** A line of a difference, by what it says. */
export interface DiffLine {
  kind: 'added' | 'removed' | 'same' | 'place';
  text: string;
}

/** A key whose value may be a secret, and the value between quotes. */
const secret =
  /((?:key|token|secret|passw\w*|auth\w*|credential\w*|dsn|_url)["']?\s*[:=]\s*)(["'])(?:\\.|(?!\2).)+\2/gi;

/** How two texts differ, with two lines around each difference. Values that may be secrets stand as `…`. */
export function diffLines(before: string, after: string): DiffLine[] {
  const { hunks } = structuredPatch('', '', before, after, undefined, undefined, { context: 2 });
  return hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    { kind: 'place' as const, text: `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@` },
    ...lines.filter((line) => !line.startsWith('\\')).map(diffLine),
  ]);
}

function diffLine(line: string): DiffLine {
  const kind = line.startsWith('+') ? 'added' : line.startsWith('-') ? 'removed' : 'same';
  return { kind, text: withoutSecrets(line.trimEnd()) };
}

function withoutSecrets(line: string): string {
  return line.replaceAll(secret, '$1$2…$2');
}
