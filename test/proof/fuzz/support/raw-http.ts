import { connect, type Socket } from 'node:net';

/** One answer of an HTTP server, read off its connection byte by byte: a client's library would hide one too many. */
export interface HttpAnswer {
  status: number;
  headers: Map<string, string>;
  body: string;
}

interface Sent {
  url: string;
  bytes: Buffer;
  /** The method of each request in the bytes: an answer to HEAD has no body. */
  methods: string[];
  /** The address of this machine to send from. */
  from?: string | undefined;
  /** Ends the connection after so long, whatever came. */
  cutAfterMs?: number | undefined;
  /** Whether what came until then is to be read: the answer does not end by itself. */
  isStream?: boolean;
  /** An answer that turns out to be a stream of events is ended after so long, and what came is read. */
  cutEventsAfterMs?: number;
}

/** How long the other end may take; it gives up slow senders itself after ten seconds. */
const patienceMs = 45_000;

/**
 * Sends bytes over a connection of their own, and reads until the server ends it. The last request has to ask for that.
 * @returns all answers, or undefined where the connection was cut on purpose
 */
export async function sendRaw({
  url,
  bytes,
  methods,
  from,
  cutAfterMs,
  isStream = false,
  cutEventsAfterMs,
}: Sent): Promise<HttpAnswer[] | undefined> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), ...(from !== undefined && { localAddress: from }) });
  const chunks: Buffer[] = [];
  let isOfEvents = false;
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    if (cutEventsAfterMs === undefined || isOfEvents) return;
    isOfEvents = /^content-type: text\/event-stream/im.test(chunk.toString('latin1'));
    if (isOfEvents) setTimeout(() => socket.destroy(), cutEventsAfterMs);
  });
  socket.write(bytes);
  if (cutAfterMs !== undefined) setTimeout(() => socket.destroy(), cutAfterMs);
  const isOver = await ended(socket);
  if (cutAfterMs !== undefined && !isStream) return undefined;
  if (!isOver) throw new Error(`No answer within ${patienceMs} ms to ${bytes.subarray(0, 500).toString('latin1')}`);
  const came = Buffer.concat(chunks);
  return isStream && came.indexOf('\r\n\r\n') === -1 ? undefined : answersIn(came, methods, isStream || isOfEvents);
}

/** False where the other end keeps the connection open for too long. */
function ended(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(false);
      socket.destroy();
    }, patienceMs);
    socket.on('error', () => {}); // a server may end the connection while it is still sent to
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

function answersIn(bytes: Buffer, methods: string[], isCut: boolean): HttpAnswer[] {
  const answers: HttpAnswer[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const head = rest.indexOf('\r\n\r\n');
    if (head === -1) throw new Error(`No answer of HTTP: ${rest.subarray(0, 300).toString('latin1')}`);
    const [first = '', ...lines] = rest.subarray(0, head).toString('latin1').split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]);
    const headers = new Map(lines.map((line) => splitAt(line, ':')));
    rest = rest.subarray(head + 4);
    // an answer before the answer
    if (status < 200) continue;
    const isBare = methods[answers.length] === 'HEAD' || status === 204 || status === 304;
    const { body, length } = isBare ? { body: Buffer.alloc(0), length: 0 } : bodyIn(rest, headers, isCut);
    answers.push({ status, headers, body: body.toString('utf8') });
    rest = rest.subarray(length);
  }
  return answers;
}

function splitAt(line: string, mark: string): [string, string] {
  const place = line.indexOf(mark);
  return [line.slice(0, place).toLowerCase(), line.slice(place + 1).trim()];
}

function bodyIn(bytes: Buffer, headers: Map<string, string>, isCut: boolean): { body: Buffer; length: number } {
  if (headers.get('transfer-encoding') === 'chunked') return chunksIn(bytes, isCut);
  const given = headers.get('content-length');
  const length = given === undefined ? (headers.get('connection') === 'close' ? bytes.length : 0) : Number(given);
  return { body: bytes.subarray(0, length), length };
}

function chunksIn(bytes: Buffer, isCut: boolean): { body: Buffer; length: number } {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.subarray(at, line).toString('latin1'), 16);
    const isBroken = line === -1 || Number.isNaN(size) || line + 2 + size > bytes.length;
    if (isBroken && isCut) return { body: Buffer.concat(parts), length: bytes.length };
    if (isBroken) throw new Error('A chunked answer is broken off.');
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
    if (size === 0) return { body: Buffer.concat(parts), length: at };
  }
}
