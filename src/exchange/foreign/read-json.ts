import { GoalAgentError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import { JsonTextError, parseJson } from '../../legacy/json-text.ts';
import type { SourceFile } from './plan.ts';

/** @throws GoalAgentError `invalid`, with line and column. */
export function readJsonFile({ path, text }: SourceFile): Json {
  return parsed(path, text, 0);
}

export interface JsonLine {
  line: number;
  value: Json;
}

/** The values of a file with one JSON value a line. */
export function readJsonLines({ path, text }: SourceFile): JsonLine[] {
  return text
    .split('\n')
    .flatMap((each, place) =>
      each.trim() === '' ? [] : [{ line: place + 1, value: parsed(path, each.trimEnd(), place) }],
    );
}

function parsed(path: string, text: string, linesBefore: number): Json {
  try {
    return parseJson(text).value;
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    throw brokenFile(path, { line: error.line + linesBefore, column: error.column }, error.message);
  }
}

export function brokenFile(path: string, at: { line: number; column?: number | undefined }, what: string) {
  const column = at.column === undefined ? '' : `, column ${at.column}`;
  return new GoalAgentError('invalid', `${path}, line ${at.line}${column}: ${what}. Nothing was imported.`);
}

/** A file that is read without a mistake and is none of the tool's. */
export function notOfTool(path: string, tool: string, expected: string) {
  return new GoalAgentError('invalid', `${path} is no file of ${tool}: ${expected}. Nothing was imported.`);
}
