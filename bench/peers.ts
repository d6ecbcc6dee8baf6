import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { table } from './measure.ts';
import { compareWriters } from './peers/at-once.ts';
import { backlog } from './peers/backlog.ts';
import { goalAgent } from './peers/goal-agent.ts';
import { findInstall, installPeers } from './peers/install.ts';
import type { Peer } from './peers/peer.ts';
import { compareSessions } from './peers/sessions.ts';
import { shrimp } from './peers/shrimp.ts';
import { taskMaster } from './peers/task-master.ts';
import type { Setting } from './setting.ts';

/** Those that users compare with, and that npm alone does not bring. */
const absent = [
  'Beads: its package @beads/bd 1.3.0 holds no program, its install script downloads one',
  'task-orchestrator: it comes as a container image',
];

/** The same session on other stores of tasks, and eight writers at once on each. */
export async function benchPeers(
  setting: Setting,
  { install }: { install: boolean },
  print: (line: string) => void,
): Promise<void> {
  if (install) installPeers();
  const found = findInstall();
  if (found === undefined) return print('peers: not installed; npm run bench -- peers --install loads 1.5 GB');
  const home = mkdtempSync(join(tmpdir(), 'goal-agent-peers-'));
  try {
    const ours = goalAgent(setting.home, 'as its docs tell');
    const callForCall = goalAgent(setting.home, 'call for call');
    const others = [taskMaster(found), backlog(found), shrimp(found)];
    const newFolder = (peer: Peer) => {
      const folder = mkdtempSync(join(home, 'project-'));
      peer.prepare(folder);
      return folder;
    };
    table(
      [['peer', 'version', 'keeps'], ...[ours, ...others].map((peer) => [peer.name, peer.version, peer.keeps])],
      print,
    );
    for (const reason of absent) print(`not here: ${reason}`);
    print('');
    await compareSessions([ours, callForCall, ...others], newFolder, print);
    print('');
    await compareWriters([ours, ...others], newFolder, print);
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
