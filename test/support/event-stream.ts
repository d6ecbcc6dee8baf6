import { onTestFinished } from 'vitest';
import type { ServiceProcess } from './service-process.ts';

/** One server-sent event, as it came. */
export interface ServerSentEvent {
  event: string;
  id: string | undefined;
  data: string;
}

export interface EventStream {
  status: number;
  events: ServerSentEvent[];
  /** The first event from now on, or of those that came, for which this is true. */
  until(isMeant: (event: ServerSentEvent) => boolean): Promise<ServerSentEvent>;
  /** The last ID that came. */
  lastId(): string | undefined;
  ended: Promise<void>;
  close(): void;
}

/** Reads the changes of a service, until the end of the test that asks. */
export async function anEventStream(
  service: Pick<ServiceProcess, 'url' | 'localToken'>,
  { query = '', lastEventId, token }: { query?: string; lastEventId?: string; token?: string } = {},
): Promise<EventStream> {
  const closing = new AbortController();
  onTestFinished(() => closing.abort());
  const response = await fetch(`${service.url}/api/v1/changes${query}`, {
    headers: {
      authorization: `Bearer ${token ?? service.localToken}`,
      accept: 'text/event-stream',
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    },
    signal: closing.signal,
  });
  const events: ServerSentEvent[] = [];
  let wake = () => {};
  const ended = read(response, (event) => {
    events.push(event);
    wake();
  }).finally(() => wake());
  return {
    status: response.status,
    events,
    async until(isMeant) {
      for (let isOver = false; ; ) {
        const found = events.find(isMeant);
        if (found !== undefined) return found;
        if (isOver) throw new Error(`the stream ended without it: ${JSON.stringify(events).slice(0, 500)}`);
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await Promise.race([
          woken,
          ended.then(() => {
            isOver = true;
          }),
        ]);
      }
    },
    lastId: () => events.findLast(({ id }) => id !== undefined)?.id,
    ended,
    close: () => closing.abort(),
  };
}

async function read(response: Response, take: (event: ServerSentEvent) => void): Promise<void> {
  let rest = '';
  try {
    for await (const text of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      const parts = (rest + text).split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        const fields = new Map(
          part.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
        );
        const data = fields.get('data');
        if (data !== undefined) take({ event: fields.get('event') ?? 'message', id: fields.get('id'), data });
      }
    }
  } catch {
    // closed by the test, or cut off with the service
  }
}
