import { table } from '../measure.ts';
import type { Peer } from './peer.ts';
import { Server } from './server.ts';

const writers = 8;
const changes = 10;
/** A writer that is slower than this begins no more changes. */
const longestMs = 60_000;

/** What the writers were told, and what is there afterwards. */
interface Kept {
  acknowledged: number;
  /** Of the acknowledged changes. */
  kept: string;
  refused: number;
  /** IDs that two tasks have. */
  twice: number;
  seconds: number;
}

/** Eight processes at once, which each create tasks, and then, in another project, each complete tasks of their own. */
export async function compareWriters(
  peers: readonly Peer[],
  newFolder: (peer: Peer) => string,
  print: (line: string) => void,
): Promise<void> {
  for (const peer of peers) {
    const row = (title: string, { acknowledged, kept, refused, twice, seconds }: Kept) => [
      title,
      ...[acknowledged, kept, refused, twice].map(String),
      acknowledged / seconds,
    ];
    const created = await createAtOnce(peer, newFolder(peer));
    const completed = await completeAtOnce(peer, newFolder(peer));
    table(
      [
        [`${peer.name}, ${writers} writers`, 'acknowledged', 'kept', 'refused', 'IDs given twice', 'a second'],
        row(`each creates ${changes} tasks`, created),
        row(`each completes ${changes} tasks of its own`, completed),
      ],
      print,
    );
  }
}

async function createAtOnce(peer: Peer, folder: string): Promise<Kept> {
  const ids: string[] = [];
  const outcome = await atOnce(peer, folder, async (server, title) => {
    ids.push(await peer.writing.create(server, title));
  });
  return { ...outcome, kept: await count(peer, folder, 'all', outcome.titles), twice: ids.length - new Set(ids).size };
}

async function completeAtOnce(peer: Peer, folder: string): Promise<Kept> {
  const ids = new Map<string, string>();
  const outcome = await atOnce(
    peer,
    folder,
    (server, title) => peer.writing.complete(server, ids.get(title) ?? ''),
    async (server) => {
      for (const title of titles) ids.set(title, await peer.writing.create(server, title));
    },
  );
  return { ...outcome, kept: await count(peer, folder, 'completed', outcome.titles), twice: 0 };
}

const titleOf = (writer: number, change: number) => `change ${writer}-${String(change).padStart(3, '0')}`;
const titles = Array.from({ length: writers * changes }, (_, n) => titleOf(n % writers, Math.floor(n / writers)));

/** Lets all writers make their changes, each one right after another, and gives back which of them were acknowledged. */
async function atOnce(
  peer: Peer,
  folder: string,
  change: (server: Server, title: string) => Promise<void>,
  seed?: (server: Server) => Promise<void>,
) {
  const servers = await Promise.all(
    Array.from({ length: writers }, async () => {
      const server = new Server(folder, peer.command(folder));
      await server.open();
      return server;
    }),
  );
  const [first] = servers;
  if (first === undefined) throw new Error('no writer');
  await peer.writing.begin?.(first);
  await seed?.(first);
  const acknowledged: string[] = [];
  let refused = 0;
  const begun = performance.now();
  await Promise.all(
    servers.map(async (server, writer) => {
      for (let n = 0; n < changes && performance.now() - begun < longestMs; n += 1) {
        const title = titleOf(writer, n);
        await change(server, title).then(
          () => acknowledged.push(title),
          () => {
            refused += 1; // the agent knows that it has to do it again
          },
        );
      }
    }),
  );
  const seconds = (performance.now() - begun) / 1_000;
  await Promise.all(servers.map((server) => server.close()));
  return { titles: acknowledged, acknowledged: acknowledged.length, refused, seconds };
}

/** How many of these a server that starts afterwards shows. */
async function count(peer: Peer, folder: string, which: 'all' | 'completed', wanted: string[]): Promise<string> {
  const server = new Server(folder, peer.command(folder));
  try {
    await server.open();
    const text = await peer.writing.list(server, which);
    return String(wanted.filter((title) => text.includes(title)).length);
  } catch (error) {
    return `none: ${error instanceof Error ? error.message.slice(0, 60) : error}`;
  } finally {
    await server.close();
  }
}
