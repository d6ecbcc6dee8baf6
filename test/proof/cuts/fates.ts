import { setTimeout as sleep } from 'node:timers/promises';
import type { Meeting } from '../../support/message-way.ts';
import type { Program } from './callers.ts';
import type { Stand } from './stands.ts';

/** Where calls are made, one after the other. */
export interface Bench {
  stand: Stand;
  program: Program;
  /** Whether the program is the same for all calls, as long as it lives. */
  isKept?: boolean;
}

/** What happens at a message. */
export interface Fate {
  name: string;
  meet(meeting: Meeting, bench: Bench): void;
  /** Whether the caller does not notice at all. */
  isHarmless?: true;
  /** How long the call may take, in milliseconds. */
  mostMs?: number;
  /** Before the client asks again. */
  after?(bench: Bench): Promise<void>;
}

const close: Fate = { name: 'closed', meet: (meeting) => meeting.close() };
const reset: Fate = { name: 'reset', meet: (meeting) => meeting.reset() };
const halfClose: Fate = { name: 'half closed', meet: (meeting) => meeting.endThisWay() };
const delay: Fate = { name: 'delayed', isHarmless: true, meet: (meeting) => meeting.hold(sleep(15)) };

/** An administrator ends the server's process before it gets the message, or when it has sent it. */
const terminate: Fate = {
  name: 'terminated',
  meet(meeting, { stand }) {
    // during a login its process is not known yet
    if (meeting.backend === undefined) meeting.close();
    else meeting.hold(stand.terminate(meeting.backend));
  },
};

export const quickFates = [close, reset, halfClose, delay, terminate];

/** How long a statement may take where a connection falls silent. */
export const shortTimeoutMs = 400;
/** Our side notices two seconds later than the server would. */
const noticedMs = shortTimeoutMs + 2_000;

/** The call waits until its time is over, twice where it may be run again, on a machine that may be busy. */
export const blackHole: Fate = {
  name: 'in a black hole',
  mostMs: 2 * noticedMs + 15_000,
  meet: (meeting) => meeting.swallow(),
};

/** The program is killed, when it has sent the message or before it gets it, and started anew. */
export const kill: Fate = {
  name: 'killed',
  meet: (_, { program }) => program.kill?.(),
  async after({ program }) {
    await program.stop();
    await program.start();
  },
};
