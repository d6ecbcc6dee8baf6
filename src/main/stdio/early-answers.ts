import { readFileSync } from 'node:fs';
import { readJson } from '../../domain/json-text.ts';
import { type Accepted, isObject, type Message } from './message.ts';

/** The answers of the whole server to requests that need no store, written down while the program is built. */
export interface RecordedAnswers {
  /** The revision that the server agrees to when it does not know the client's. */
  latest: string;
  /** Results as JSON text, each once. */
  results: string[];
  /** Places in `results`, by revision and method. */
  places: Record<string, Record<string, number>>;
}

/** The result of a message as JSON text; undefined where the whole server has to answer. */
export type EarlyAnswers = (accepted: Accepted) => string | undefined;

/** The first revision in which each request names its revision. */
export const modernRevision = '2026-07-28';
const envelope = 'io.modelcontextprotocol/';
const nameFields = ['name', 'version', 'title', 'websiteUrl', 'description'];

/**
 * Answers the opening of a connection as the whole server would, as long as each message has exactly the form that
 * clients send. From the first other message on, the whole server answers.
 * @param lists also the lists of tools and prompts, which settings may change
 */
export function earlyAnswers({ lists }: { lists: boolean }): EarlyAnswers {
  let recorded: RecordedAnswers | undefined;
  let revision: string | undefined;
  let isOver = false;
  return (accepted) => {
    if (isOver || accepted.kind === 'notification') return undefined;
    recorded ??= readRecorded();
    const result = accepted.kind === 'request' ? answer(accepted.message, recorded) : undefined;
    isOver = result === undefined;
    return result;
  };

  function answer({ method, params }: Message, { places, results, latest }: RecordedAnswers): string | undefined {
    if (revision === undefined) revision = openedRevision({ method, params, places, latest });
    else if (!lists || !fits(params, revision)) return undefined;
    const place = places[revision ?? '']?.[method];
    return place === undefined ? undefined : results[place];
  }
}

function readRecorded(): RecordedAnswers {
  return readJson(readFileSync(new URL('../answers.json', import.meta.url), 'utf8')) as RecordedAnswers;
}

interface Opening extends Pick<RecordedAnswers, 'places' | 'latest'> {
  method: string;
  params: Message['params'];
}

/** The revision in which this message opens a connection. */
function openedRevision({ method, params, places, latest }: Opening): string | undefined {
  if (method === 'server/discover') return fits(params, modernRevision) ? modernRevision : undefined;
  if (method !== 'initialize' || !isInitialize(params)) return undefined;
  const asked = String(params?.protocolVersion);
  return places[asked]?.initialize === undefined ? latest : asked;
}

/** Whether the params are only those that every request of the revision has. */
function fits(params: Message['params'], revision: string): boolean {
  const { _meta = {}, ...rest } = params ?? {};
  if (Object.keys(rest).length > 0 || !isObject(_meta)) return false;
  return revision === modernRevision ? isEnvelope(_meta) : hasOnlyToken(_meta);
}

function isEnvelope(meta: Record<string, unknown>): boolean {
  const {
    [`${envelope}protocolVersion`]: asked,
    [`${envelope}clientInfo`]: clientInfo,
    [`${envelope}clientCapabilities`]: capabilities,
    ...rest
  } = meta;
  return asked === modernRevision && isName(clientInfo) && isCapabilities(capabilities) && hasOnlyToken(rest);
}

function isInitialize(params: Message['params']): boolean {
  const { protocolVersion, capabilities, clientInfo, _meta, ...rest } = params ?? {};
  if (typeof protocolVersion !== 'string' || !isCapabilities(capabilities) || !isName(clientInfo)) return false;
  return Object.keys(rest).length === 0 && hasOnlyToken(_meta ?? {});
}

function isName(value: unknown): boolean {
  if (!isObject(value) || typeof value.name !== 'string' || typeof value.version !== 'string') return false;
  return Object.entries(value).every(([key, field]) => nameFields.includes(key) && typeof field === 'string');
}

/** Objects in objects, whose only other values are the two known flags. */
function isCapabilities(value: unknown): boolean {
  if (!isObject(value)) return false;
  return Object.entries(value).every(([key, field]) =>
    key === 'listChanged' || key === 'applyDefaults' ? typeof field === 'boolean' : isCapabilities(field),
  );
}

function hasOnlyToken(meta: unknown): boolean {
  if (!isObject(meta)) return false;
  const { progressToken, ...rest } = meta;
  const isToken = ['undefined', 'string'].includes(typeof progressToken) || Number.isSafeInteger(progressToken);
  return isToken && Object.keys(rest).length === 0;
}
