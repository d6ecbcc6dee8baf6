/** A server as a client's configuration names it: a program to start, or the address of a service. */
export type Server =
  | { kind: 'local'; command: string; args: string[]; env: Record<string, string> }
  | { kind: 'remote'; url: string; headers: Record<string, string> };

/** An entry of a configuration file, by its keys. */
export type Entry = Record<string, unknown>;

/** How a client writes the two kinds of servers. */
export interface Shape {
  local(server: Extract<Server, { kind: 'local' }>): Entry;
  /** Undefined where the client's file can name no remote server. */
  remote?(server: Extract<Server, { kind: 'remote' }>): Entry;
}

/** The keys that say how a server is reached. An entry of one kind keeps none of the other kind. */
const transportKeys = [
  'type',
  'command',
  'args',
  'url',
  'httpUrl',
  'serverUrl',
  'headers',
  'http_headers',
  'requestOptions',
];

const program = ({ command, args, env }: Extract<Server, { kind: 'local' }>): Entry => ({
  command,
  args,
  ...withoutNone({ env }),
});

const urlAs =
  (key: string, headersKey = 'headers') =>
  ({ url, headers }: Extract<Server, { kind: 'remote' }>): Entry => ({
    [key]: url,
    ...withoutNone({ [headersKey]: headers }),
  });

export const shapes = {
  localOnly: { local: program },
  plain: { local: program, remote: urlAs('url') },
  gemini: { local: program, remote: urlAs('httpUrl') },
  windsurf: { local: program, remote: urlAs('serverUrl') },
  codex: { local: program, remote: urlAs('url', 'http_headers') },
  typed: {
    local: (server) => ({ type: 'stdio', ...program(server) }),
    remote: (server) => ({ type: 'http', ...urlAs('url')(server) }),
  },
  cline: { local: program, remote: (server) => ({ type: 'streamableHttp', ...urlAs('url')(server) }) },
  copilot: {
    local: (server) => ({ type: 'local', ...program(server), tools: ['*'] }),
    remote: (server) => ({ type: 'http', ...urlAs('url')(server), tools: ['*'] }),
  },
  continue: {
    local: program,
    remote: ({ url, headers }) => ({
      type: 'streamable-http',
      url,
      ...(Object.keys(headers).length > 0 && { requestOptions: { headers } }),
    }),
  },
  opencode: {
    local: ({ command, args, env }) => ({
      type: 'local',
      command: [command, ...args],
      ...withoutNone({ environment: env }),
    }),
    remote: (server) => ({ type: 'remote', ...urlAs('url')(server) }),
  },
} satisfies Record<string, Shape>;

function withoutNone(values: Record<string, Record<string, string>>): Entry {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => Object.keys(value).length > 0));
}

/** The entry for `server`. It keeps what a person added to the entry that is there: further keys, and variables. */
export function mergeEntry(existing: unknown, wanted: Entry): Entry {
  if (!isRecord(existing)) return wanted;
  const kept = Object.entries(existing).filter(([key]) => !transportKeys.includes(key));
  const merged: Entry = { ...wanted };
  for (const [key, value] of kept) {
    const isVariables = key === 'env' || key === 'environment';
    if (isVariables && isRecord(value) && 'command' in wanted) {
      merged[key] = { ...value, ...(isRecord(wanted[key]) && wanted[key]) };
    } else if (!isVariables) merged[key] = value;
  }
  return merged;
}

/** What a client would start or call for an entry, however it writes it; undefined where the entry names neither. */
export function serverOf(entry: unknown): Server | undefined {
  if (!isRecord(entry)) return undefined;
  const url = [entry.url, entry.httpUrl, entry.serverUrl].find((each) => typeof each === 'string');
  if (typeof url === 'string') {
    const { requestOptions } = entry;
    const inOptions = isRecord(requestOptions) ? requestOptions.headers : undefined;
    return { kind: 'remote', url, headers: texts(entry.headers ?? entry.http_headers ?? inOptions) };
  }
  const { command, args } = entry;
  const words = [command, args].flat().filter((word) => typeof word === 'string');
  const [first, ...rest] = words;
  if (first === undefined) return undefined;
  return { kind: 'local', command: first, args: rest, env: texts(entry.env ?? entry.environment) };
}

function texts(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => (typeof each === 'string' ? [[key, each]] : [])),
  );
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
