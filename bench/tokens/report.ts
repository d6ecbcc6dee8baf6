import { table } from '../measure.ts';
import { definitionsOf, type ToolSize } from './definitions.ts';
import { contextLimits } from './limits.ts';
import type { StepCost } from './session.ts';

/** What was counted, as lines of at most 100 characters. */
export interface Counted {
  sizes: readonly ToolSize[];
  /** Characters of the server's instructions. */
  instructions: number;
  session: readonly StepCost[];
}

export function report({ sizes, instructions, session }: Counted, printLine: (line: string) => void): void {
  const print = (line: string) => printLine(line.trimEnd());
  print('Characters that the tools take in a context window, the largest first.');
  print('A definition is name, description and input schema; ≈ tokens is an estimate: characters / 4.');
  print('');
  table(
    [
      ['tool', 'toolset', 'definition', '≈ tokens', 'output schema', 'annotations'],
      ...[...sizes].sort(byDefinition).map(toolRow),
    ],
    print,
  );
  print('');
  table(totals(sizes, instructions), print);
  print('');
  print('A session: a goal, broken down into 10 tasks, finished one by one with claim_next. An answer is its');
  print(sameTwice(session));
  print('');
  table(sessionRows(session, definitionsOf(sizes) + instructions), print);
}

function byDefinition(a: ToolSize, b: ToolSize): number {
  return b.definition - a.definition || a.name.localeCompare(b.name);
}

function toolRow({ name, toolset, definition, outputSchema, annotations }: ToolSize): string[] {
  return [name, toolset, number(definition), tokens(definition), number(outputSchema), number(annotations)];
}

function totals(sizes: readonly ToolSize[], instructions: number): string[][] {
  const row = (what: string, counted: number, limit?: number) => [
    what,
    number(counted),
    tokens(counted),
    limit === undefined ? '' : number(limit),
  ];
  const definitions = (toolset: string) => definitionsOf(sizes.filter((size) => size.toolset === toolset));
  const sum = (part: 'outputSchema' | 'annotations') => sizes.reduce((total, size) => total + size[part], 0);
  return [
    ['in all', 'characters', '≈ tokens', 'limit'],
    row('the largest definition', Math.max(...sizes.map(({ definition }) => definition)), contextLimits.tool),
    row('definitions: core', definitions('core'), contextLimits.core),
    row('definitions: team', definitions('team')),
    row('definitions: default (core, team)', definitionsOf(sizes), contextLimits.default),
    row('instructions', instructions, contextLimits.instructions),
    row('output schemas (for the client)', sum('outputSchema')),
    row('annotations (for the client)', sum('annotations')),
  ];
}

function sameTwice(session: readonly StepCost[]): string {
  const different = session.reduce((sum, step) => sum + step.different, 0);
  return different === 0
    ? 'text; structuredContent is the same JSON once more, and clients show the model one of the two.'
    : `text; structuredContent is other JSON in ${different} answers, which a client may show instead.`;
}

function sessionRows(session: readonly StepCost[], standing: number): string[][] {
  const row = (
    what: string,
    { calls, request, answer, limit }: { calls?: number; request?: number; answer: number; limit?: number },
  ) => {
    const both = (request ?? 0) + answer;
    return [
      what,
      calls === undefined ? '' : number(calls),
      request === undefined ? '' : number(request),
      number(answer),
      number(both),
      tokens(both),
      limit === undefined ? '' : number(limit),
    ];
  };
  const sum = (part: 'calls' | 'request' | 'answer') => session.reduce((total, step) => total + step[part], 0);
  const all = { calls: sum('calls'), request: sum('request'), answer: sum('answer') };
  return [
    ['step', 'calls', 'requests', 'answers', 'together', '≈ tokens', 'limit'],
    ...session.map(({ tool, ...step }) => row(tool, step)),
    row('the session', { ...all, limit: contextLimits.session }),
    row('tools/list (definitions) and instructions', { answer: standing }),
    row('the session with them', { ...all, answer: all.answer + standing }),
  ];
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function tokens(characters: number): string {
  return number(Math.round(characters / 4));
}
