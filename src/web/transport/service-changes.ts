import type { Change } from '../../domain/change.ts';
import { connected, hear, isConnected, tellOfChanges, tellOfLoss } from '../state/feed.ts';
import { signedOut } from '../state/request.ts';

/** Changes that come together are told together. */
const gatherMs = 60;
const againMs = [500, 1_000, 2_000, 5_000];
/** The service says its position every 15 s: a connection that says nothing for so long is lost, whoever has not told so. */
const silentMs = 40_000;
const answerMs = 10_000;
let source: EventSource | undefined;
let silence: ReturnType<typeof setTimeout> | undefined;
let position: string | undefined;
let failures = 0;
let gathered: Change[] = [];

/** Follows the changes of the workspace, and goes on where it was after the connection was lost. */
export function followChanges(): void {
  source?.close();
  const since = position === undefined ? '' : `?since=${encodeURIComponent(position)}`;
  const opened = new EventSource(`/api/v1/changes${since}`);
  source = opened;
  const wait = () => {
    clearTimeout(silence);
    silence = setTimeout(() => void again(opened), silentMs);
  };
  const heard = () => {
    hear();
    wait();
  };
  wait();
  opened.onopen = () => {
    heard();
    connected();
    failures = 0;
  };
  opened.addEventListener('position', (event) => {
    heard();
    // the page may have been read before the stream began
    if (position === undefined) tellOfLoss();
    position = event.data as string;
  });
  opened.addEventListener('change', (event) => {
    heard();
    position = event.lastEventId;
    gather(JSON.parse(event.data as string) as Change);
  });
  opened.addEventListener('problem', () => startOver());
  opened.onerror = () => void again(opened);
}

export function stopFollowing(): void {
  source?.close();
  clearTimeout(silence);
  source = undefined;
  position = undefined;
}

/** The browser would wait for seconds, and give up for good after an answer that is no stream. */
async function again(failed: EventSource): Promise<void> {
  failed.close();
  clearTimeout(silence);
  isConnected.value = false;
  const waitMs = againMs[Math.min(failures++, againMs.length - 1)] as number;
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  if (source !== failed || signedOut.value) return;
  if (position !== undefined && (await isGone(position))) startOver();
  else if (source === failed) followChanges();
}

async function isGone(since: string): Promise<boolean> {
  const signal = AbortSignal.timeout(answerMs);
  const asked = fetch(`/api/v1/changes?limit=1&since=${encodeURIComponent(since)}`, { signal });
  const response = await asked.catch(() => undefined);
  if (response?.status === 401) signedOut.value = true;
  return response?.status === 410 || response?.status === 400;
}

/** The history was replaced: nothing of what the page shows is certain. */
function startOver(): void {
  position = undefined;
  followChanges();
}

function gather(change: Change): void {
  gathered.push(change);
  if (gathered.length > 1) return;
  setTimeout(() => {
    const changes = gathered;
    gathered = [];
    tellOfChanges(changes);
  }, gatherMs);
}
