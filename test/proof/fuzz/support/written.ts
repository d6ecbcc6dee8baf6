import { breakages } from './breakages.ts';
import { atMostOnce, type Expected, once, refusedOnce } from './expected.ts';
import type { Frame, Message } from './frames.ts';
import type { Ids } from './ids.ts';

export interface Written {
  bytes: Buffer;
  expected: Expected[];
}

const newline = Buffer.from('\n');
const hugeText = 'x'.repeat(10 * 1024 * 1024);

/** A line as it goes over the wire, and what has to come back for it. */
export function written(frame: Frame, ids: Ids): Written {
  switch (frame.kind) {
    case 'request': {
      const id = ids.next(frame.id);
      return { bytes: Buffer.from(textOf(frame.message, id) + frame.end), expected: [once(id)] };
    }
    case 'notification':
      return { bytes: Buffer.from(textOf(frame.message) + frame.end), expected: [] };
    case 'cancelled': {
      const id = ids.next(frame.id);
      const cancel = textOf({ method: 'notifications/cancelled', params: { requestId: JSON.parse(id) } });
      return { bytes: Buffer.from(`${textOf(frame.message, id)}\n${cancel}\n`), expected: [atMostOnce(id)] };
    }
    case 'reply':
      return {
        bytes: Buffer.from(
          `${JSON.stringify({ jsonrpc: '2.0', id: JSON.parse(ids.next(frame.id)), ...frame.body })}\n`,
        ),
        expected: [],
      };
    case 'broken':
      return broken(frame, ids);
    case 'batch':
      return batch(frame, ids);
    case 'bytes':
      return anyBytes(frame.bytes);
    case 'huge': {
      const id = ids.next(frame.id);
      const text = textOf(
        { method: 'tools/call', params: { name: 'create_goal', arguments: { description: hugeText } } },
        id,
      );
      const bytes = Buffer.from(`${frame.isWhole ? text : text.slice(0, -1)}\n`);
      return { bytes, expected: [frame.isWhole ? once(id) : refusedOnce(id)] };
    }
  }
}

function textOf(message: Message, id?: string): string {
  const { method, params } = message;
  const members = [
    '"jsonrpc":"2.0"',
    ...(id === undefined ? [] : [`"id":${id}`]),
    `"method":${JSON.stringify(method)}`,
    ...(params === undefined ? [] : [`"params":${JSON.stringify(params)}`]),
  ];
  return `{${members.join(',')}}`;
}

function broken({ id: kind, message, how, at }: Extract<Frame, { kind: 'broken' }>, ids: Ids): Written {
  const id = ids.next(kind);
  const text = textOf(message, id);
  const { method } = message;
  const { text: sent, expected } = breakages[how]({ text, id, method, at, place: Math.floor(at * text.length) });
  return { bytes: Buffer.concat([Buffer.from(sent), newline]), expected: [expected] };
}

/**
 * Where a revision has no batches, each of its requests is refused by its ID. What is broken in a batch may be answered
 * or not: only the requests are counted exactly.
 */
function batch({ entries, isCut }: Extract<Frame, { kind: 'batch' }>, ids: Ids): Written {
  const all = entries.map((entry) => written(entry, ids));
  const texts = all.map(({ bytes }) => bytes.toString('latin1').trim());
  const bytes = Buffer.from(`[${texts.join(',')}${isCut ? '' : ']'}\n`, 'latin1');
  const expected = all.flatMap((each) => each.expected);
  const mayBe = expected.map((each) => ({ ...each, least: 0 }));
  const nulls: Expected = { id: 'null', least: 0, most: entries.length + 1 };
  const isExact = !isCut && entries.every(({ kind }) => kind !== 'broken');
  return { bytes, expected: isExact ? [...expected, nulls] : [...mayBe, nulls] };
}

/** No line of few bytes by chance is a message: each that is not blank is refused. */
function anyBytes(bytes: Uint8Array): Written {
  const line = Buffer.from(bytes.filter((byte) => byte !== 10));
  const isBlank =
    line
      .toString('utf8')
      .replace(/^\uFEFF/, '')
      .trim() === '';
  return { bytes: Buffer.concat([line, newline]), expected: isBlank ? [] : [refusedOnce('null')] };
}
