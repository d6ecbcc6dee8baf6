import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type pg from 'pg';
import { backendOf, type Frame, Frames } from './database-frames.ts';

/** A message that something happens at, and the connection on which it is under way. It has not been passed on. */
export interface Meeting {
  towards: 'server' | 'client';
  frame: Frame;
  /** The server's process at the other end; undefined before the login is through. */
  backend: number | undefined;
  /** Both ends see the connection end, behind all that was passed on. */
  close(): void;
  /** The client's end is torn off. */
  reset(): void;
  /** Nothing more goes this way, whose receiver sees the end of it. The other way stays. */
  endThisWay(): void;
  /** Nothing more goes either way, and neither end is told. */
  swallow(): void;
  /** This message, and all that follow it this way, go on when `until` is over. */
  hold(until: Promise<unknown>): void;
}

/** A way to a database on which something happens at one message. */
export interface MessageWay {
  /** Where the database is, by this way. */
  connection: pg.ClientConfig & { host: string; port: number };
  /** Counts messages of all connections from here on, both ways or those that count; at the n-th (from 1) `what` happens. */
  at(n: number, what: (meeting: Meeting) => void, counts?: (meeting: Meeting) => boolean): void;
  /** Counts no more; gives back how many messages there were, and where something happened. */
  pass(): { counted: number; met: Meeting | undefined };
  /** Ends the connections that are there. */
  cut(): void;
  close(): void;
}

interface Counting {
  n: number;
  what(meeting: Meeting): void;
  counts: ((meeting: Meeting) => boolean) | undefined;
  counted: number;
  met: Meeting | undefined;
}

/** For as long as nobody closes it. The server is at a Unix socket or an address. */
export async function openMessageWay({ host, port, ...rest }: pg.ClientConfig): Promise<MessageWay> {
  const links = new Set<Link>();
  let counting: Counting | undefined;
  const look = (meeting: Meeting) => {
    if (counting === undefined || counting.counts?.(meeting) === false) return;
    counting.counted += 1;
    if (counting.counted !== counting.n) return;
    counting.met = meeting;
    counting.what(meeting);
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    const where = host?.startsWith('/')
      ? { path: `${host}/.s.PGSQL.${port}` }
      : { host: host ?? '', port: Number(port) };
    const far = connect({ ...where, allowHalfOpen: true });
    const link = new Link(near, far, look);
    links.add(link);
    near.once('close', () => links.delete(link));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const cut = () => {
    for (const link of links) link.end();
  };
  return {
    connection: { ...rest, host: '127.0.0.1', port: address.port, ssl: false },
    at(n, what, counts) {
      counting = { n, what, counts, counted: 0, met: undefined };
    },
    pass() {
      const { counted = 0, met } = counting ?? {};
      counting = undefined;
      return { counted, met };
    },
    cut,
    close() {
      cut();
      server.close();
    },
  };
}

/** One connection: a client, its server, and what goes between. */
class Link {
  readonly #near: Socket;
  readonly #far: Socket;
  #backend: number | undefined;
  #isSwallowed = false;

  constructor(near: Socket, far: Socket, look: (meeting: Meeting) => void) {
    this.#near = near;
    this.#far = far;
    this.#forward({ from: near, to: far, towards: 'server', frames: new Frames('client'), look });
    this.#forward({ from: far, to: near, towards: 'client', frames: new Frames('server'), look });
  }

  end(): void {
    this.#near.destroy();
    this.#far.destroy();
  }

  #forward({ from, to, towards, frames, look }: Direction): void {
    let waiting: Frame[] | undefined;
    let isOver = false;
    let hasEnded = false;
    const pass = (frame: Frame) => {
      if (this.#isSwallowed || isOver) return;
      if (waiting === undefined) to.write(frame.bytes);
      else waiting.push(frame);
    };
    const endTo = () => {
      hasEnded = true;
      if (!this.#isSwallowed && waiting === undefined) to.end();
    };
    const meet = (frame: Frame): Meeting => ({
      towards,
      frame,
      backend: this.#backend,
      close: () => {
        isOver = true;
        this.#closeBehind();
      },
      reset: () => {
        isOver = true;
        this.#near.resetAndDestroy();
        this.#far.destroy();
      },
      endThisWay: () => {
        isOver = true;
        to.end();
      },
      swallow: () => {
        this.#isSwallowed = true;
      },
      hold: (until) => {
        waiting = [];
        void until.finally(() => {
          const held = waiting ?? [];
          waiting = undefined;
          for (const each of held) pass(each);
          if (hasEnded) endTo();
        });
      },
    });
    from.on('data', (bytes) => {
      for (const frame of frames.take(bytes)) {
        this.#backend ??= towards === 'client' ? backendOf(frame) : undefined;
        look(meet(frame));
        pass(frame);
      }
    });
    from.on('end', endTo);
    from.on('error', () => {}); // the end follows
    from.on('close', () => {
      if (!this.#isSwallowed && waiting === undefined) to.destroySoon();
    });
  }

  /** What was passed on still arrives. */
  #closeBehind(): void {
    this.#near.destroySoon();
    this.#far.destroySoon();
  }
}

interface Direction {
  from: Socket;
  to: Socket;
  towards: Meeting['towards'];
  frames: Frames;
  look(meeting: Meeting): void;
}
