import { isUtf8 } from 'node:buffer';
import { exactNumber, readJson, writeJson } from '../../domain/json-text.ts';
import { elementTexts, idText } from './json-outline.ts';
import { tooLong } from './lines.ts';

export type Id = string | number;

/** A request or notification whose envelope fits, as the SDK takes it. */
export interface Message {
  jsonrpc: '2.0';
  id?: Id;
  method: string;
  params?: Record<string, unknown>;
}

/** The kinds of a client's message. */
export type Received =
  | { kind: 'request'; id: Id; message: Message }
  | { kind: 'notification'; message: Message }
  /**
   * An answer of the client. It is never answered, whatever is wrong with it: two programs that answer errors never
   * end.
   */
  | { kind: 'response'; message: Record<string, unknown> }
  /** It does not fit the envelope; `answer` is the line that says so. */
  | { kind: 'refused'; answer: string };

/** A message that the server has to handle. */
export type Accepted = Exclude<Received, { kind: 'refused' }>;

/** The kinds of a client's line. */
export type Line = Received | { kind: 'batch'; entries: Received[] } | { kind: 'blank' };

const code = { parse: -32700, request: -32600, params: -32602 } as const;
/** Deeper than any field of the protocol; deeper values are no optional fields. */
const envelopeDepth = 8;

/** Reads a line. A line that does not fit gets an answer, with its ID where one can be read, and never silence. */
export function readLine(line: Buffer | typeof tooLong): Line {
  if (line === tooLong) return refused('null', code.request, 'the line is too long');
  const text = line
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trim();
  if (text === '') return { kind: 'blank' };
  // such bytes would silently become other text
  if (!isUtf8(line)) return refused(idText(text), code.parse, 'the line is not UTF-8');
  if (!text.startsWith('[')) return readMessage(text);
  const entries = elementTexts(text).map(readMessage);
  return entries.length > 0 ? { kind: 'batch', entries } : refused('null', code.request, 'the batch is empty');
}

function readMessage(text: string): Received {
  let value: unknown;
  try {
    value = readJson(text);
  } catch {
    return refused(idText(text), code.parse, 'the line is not JSON');
  }
  if (!isObject(value)) return refused('null', code.request, 'a message is a JSON object');
  const isResponse = !('method' in value) && ('result' in value || 'error' in value);
  // null as an ID means "notification" in JSON-RPC 1.0; requests of MCP must not have it
  const isNullId = value.id === null && !String(value.method).startsWith('notifications/');
  dropNulls(value, { levels: envelopeDepth, but: value.method === 'tools/call' ? 'arguments' : undefined });
  if (isResponse) return { kind: 'response', message: value };
  if (isNullId) return refused('null', code.request, 'id is null');
  return readRequest(value, text);
}

function readRequest({ jsonrpc, id, method, params }: Record<string, unknown>, text: string): Received {
  const refuse = (number: number, problem: string) => refused(idText(text), number, problem);
  if (id !== undefined && !isId(id))
    return refuse(code.request, 'id is neither text nor a whole number within ±(2^53 - 1)');
  if (jsonrpc !== '2.0') return refuse(code.request, 'jsonrpc is not "2.0"');
  if (typeof method !== 'string' || method === '') return refuse(code.request, 'method is not the name of a method');
  if (params !== undefined && !isObject(params)) return refuse(code.params, 'params is not an object');
  const message: Message = { jsonrpc, method, ...(params !== undefined && { params }) };
  return id === undefined ? { kind: 'notification', message } : { kind: 'request', id, message: { ...message, id } };
}

/** The answer to a refused message. `id` is JSON text; any ID therefore comes back as it was. */
export function refused(id: string, number: number, problem: string): { kind: 'refused'; answer: string } {
  const error = writeJson({ code: number, message: `Goal Agent cannot take this message: ${problem}.` });
  return { kind: 'refused', answer: `{"jsonrpc":"2.0","id":${id},"error":${error}}` };
}

/**
 * Takes away each field that is null: some clients write all the optional fields of the protocol. The arguments of a tool
 * are the tool's own, and stay.
 */
function dropNulls(value: Record<string, unknown>, { levels, but }: { levels: number; but: string | undefined }): void {
  for (const [key, field] of Object.entries(value)) {
    if (field === null) delete value[key];
    else if (key !== but && levels > 0 && isObject(field)) dropNulls(field, { levels: levels - 1, but });
  }
}

function isId(value: unknown): value is Id {
  return typeof value === 'string' ? exactNumber(value) === undefined : Number.isSafeInteger(value);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
