import { oneLine, visible } from '../domain/stored-text.ts';

// Frames of Markdown for stored text. Inside them it is shown as it is: no heading, link, image or HTML begins in it.

/** The start of a text in one line, as a code span, which it cannot end. */
export function codeSpan(text: string, most: number): string {
  const line = oneLine(text, most);
  if (line === '') return '';
  const fence = '`'.repeat(longestRun(line) + 1);
  // a backtick at an end would be taken for the fence's; one blank at each end is not shown
  const gap = /^`|`$|^ .* $/.test(line) ? ' ' : '';
  return `${fence}${gap}${line}${gap}${fence}`;
}

/** A text with all of its lines as a code block, which it cannot end. `indent` puts it below a list's entry. */
export function codeBlock(text: string, { language = 'text', indent = '' } = {}): string[] {
  const shown = visible(text);
  const fence = '`'.repeat(Math.max(3, longestRun(shown) + 1));
  return [`${fence}${language}`, ...shown.split('\n'), fence].map((line) => `${indent}${line}`);
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
