import { median, table } from '../measure.ts';
import { type Peer, type Step, steps } from './peer.ts';
import { type ListedCharacters, Server } from './server.ts';

const warmUps = 2;
const sessions = 5;
const starts = 3;

/** A peer's server that runs, in a project of its own, and what was measured there. */
interface Measured {
  peer: Peer;
  server: Server;
  /** Milliseconds from the start of the process to the answer of `tools/list`. */
  startMs: number[];
  tools: ListedCharacters;
  sessions: Session[];
}

interface Session {
  ms: number;
  calls: { step: Step; ms: number }[];
  /** Tools' names and the JSON of arguments: what the model writes. */
  requests: number;
  /** What the model reads. */
  answers: number;
}

/** The same session on each peer, by turns: how long its calls took, and the characters of requests and answers. */
export async function compareSessions(
  peers: readonly Peer[],
  newFolder: (peer: Peer) => string,
  print: (line: string) => void,
): Promise<void> {
  const all = peers.map((peer) => ({ peer, folder: newFolder(peer), startMs: [] as number[] }));
  for (let turn = 1; turn < starts; turn += 1) {
    for (const { peer, folder, startMs } of all) {
      const { server, ms } = await start(peer, folder);
      startMs.push(ms);
      await server.close();
    }
  }
  const measured: Measured[] = [];
  for (const { peer, folder, startMs } of all) {
    const { server, ms, tools } = await start(peer, folder);
    measured.push({ peer, server, startMs: [...startMs, ms], tools, sessions: [] });
  }
  for (let run = 1; run <= warmUps + sessions; run += 1) {
    for (const each of measured) {
      const session = await runSession(each, run);
      if (run > warmUps) each.sessions.push(session);
    }
  }
  await Promise.all(measured.map(({ server }) => server.close()));
  times(measured, print);
  print('');
  characters(measured, print);
}

async function start(peer: Peer, folder: string) {
  const begun = performance.now();
  const server = new Server(folder, peer.command(folder));
  const tools = await server.open();
  return { server, tools, ms: performance.now() - begun };
}

async function runSession({ peer, server }: Measured, run: number): Promise<Session> {
  const session: Session = { ms: 0, calls: [], requests: 0, answers: 0 };
  const begun = performance.now();
  await peer.session(
    async (step, tool, input) => {
      const called = performance.now();
      const { text, isError } = await server.call(tool, input);
      session.calls.push({ step, ms: performance.now() - called });
      session.requests += `${tool}${JSON.stringify(input)}`.length;
      session.answers += text.length;
      if (isError) throw new Error(`${peer.name}, ${tool}: ${text}`);
      return text;
    },
    { folder: server.folder, run },
  );
  session.ms = performance.now() - begun;
  return session;
}

const middle = (values: readonly number[]) => median(values.toSorted((a, b) => a - b));

function times(measured: readonly Measured[], print: (line: string) => void): void {
  const perCall = ({ sessions }: Measured, step: Step) => {
    const calls = sessions.flatMap((session) => session.calls.filter((call) => call.step === step));
    return calls.length === 0 ? '' : middle(calls.map(({ ms }) => ms));
  };
  table(
    [
      ['a goal of ten tasks (ms, p50)', 'the session', ...steps.map((step) => `${step}, a call`), 'start'],
      ...measured.map((each) => [
        each.peer.name,
        middle(each.sessions.map(({ ms }) => ms)),
        ...steps.map((step) => perCall(each, step)),
        middle(each.startMs),
      ]),
    ],
    print,
  );
}

function characters(measured: readonly Measured[], print: (line: string) => void): void {
  const number = (value: number) => value.toLocaleString('en');
  table(
    [
      [
        'a goal of ten tasks (characters)',
        'calls',
        'requests',
        'answers',
        'together',
        'tools as a model sees them',
        'all of tools/list',
      ],
      ...measured.map(({ peer, sessions, tools }) => {
        const requests = middle(sessions.map((session) => session.requests));
        const answers = middle(sessions.map((session) => session.answers));
        const calls = middle(sessions.map((session) => session.calls.length));
        return [peer.name, ...[calls, requests, answers, requests + answers, tools.shown, tools.all].map(number)];
      }),
    ],
    print,
  );
}
