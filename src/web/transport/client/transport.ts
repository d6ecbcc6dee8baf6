import { Refusal, type Sent, type Transport } from '../../state/request.ts';
import { texts } from '../../texts.ts';
import { goalBoard, goalList, nowBoard, someNotes, someTasks } from './boards.ts';
import { callTool } from './call-tool.ts';
import { followChanges, lookNow, stopFollowing } from './changes.ts';
import { history, undoPreview } from './history.ts';
import { ask } from './host.ts';
import { toolCallOf } from './routes.ts';

/** The server of the client that shows the page, through its host. */
export const client: Transport = {
  async request(method, path, sent) {
    if (method === 'GET') return read(path, sent);
    const answer = await change(method, path, sent);
    lookNow();
    return answer;
  },
  follow: followChanges,
  stopFollowing,
  openElsewhere: (url) => void ask('ui/open-link', { url }).catch(() => {}),
};

type Reader = (query: Record<string, string>) => Promise<unknown>;

const readers: Record<string, Reader> = {
  '/board/goals': goalList,
  '/board/tasks': someTasks,
  '/board/now': nowBoard,
  '/board/notes': someNotes,
  '/board/history': history,
  '/board/undo': undoPreview,
  '/session': session,
};

async function read(path: string, { signal }: Sent): Promise<unknown> {
  const [place = '', query] = path.split('?');
  const reader = readers[place];
  if (reader !== undefined) return reader(Object.fromEntries(new URLSearchParams(query)));
  const [, goalId] = /^\/board\/goals\/([^/]+)$/.exec(place) ?? [];
  if (goalId !== undefined) return goalBoard(decodeURIComponent(goalId), signal);
  return callOf('GET', path, undefined, signal);
}

async function change(method: string, path: string, { body, held, signal }: Sent): Promise<unknown> {
  if (held !== undefined) {
    const row = /^\/\w+\/[^/]+/.exec(path)?.[0] ?? path;
    const current = await callOf<Record<string, unknown>>('GET', `${row}?full=true`, undefined, signal);
    if (!held.isSeen(current)) throw new Refusal(412, { code: 'changed', current, revision: held.revision });
  }
  return callOf(method, path, body, signal);
}

function callOf<T>(method: string, path: string, body: unknown, signal: AbortSignal | undefined): Promise<T> {
  const found = toolCallOf(method, path, body);
  if (found === undefined) throw new Refusal(404, { detail: texts.inside.notHere });
  return callTool<T>(found.tool, found.args, signal);
}

interface Status {
  server_version: string;
  agent_config: { name: string | null; workspace: string };
}

/** Who the page acts as: the client itself. The server says in the page whether it takes changes. */
async function session() {
  const { server_version, agent_config } = await callTool<Status>('get_agent_status', {});
  return {
    name: agent_config.name ?? '',
    // never more than writer: taking back all that an agent did is a person's, on the service
    role: document.documentElement.dataset.role === 'writer' ? 'writer' : 'reader',
    workspace: agent_config.workspace,
    version: server_version,
  };
}
