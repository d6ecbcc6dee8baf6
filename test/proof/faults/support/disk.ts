import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A file system of its own in a file, whose power can be cut, and which can be full. Linux lets root have one. */
export interface Disk {
  /** Where it is mounted. */
  folder: string;
  /**
   * Stops the file system at once, as a power cut does: what the programs wrote and nobody flushed is lost, and every later
   * write fails.
   */
  cutPower(): void;
  /** Mounts what is on the disk. No process may use the folder any more. */
  restorePower(): Promise<void>;
  /** Flushes all that is there, as a power cut finds what has been there for long. */
  sync(): void;
  /** Leaves no room for anybody; gives back what makes room again. */
  fill(): () => void;
  remove(): Promise<void>;
}

/** EXT4_IOC_SHUTDOWN, and its way that flushes nothing, not even the journal (fs/ext4/ext4.h). Perl is on every Debian. */
const shutdown = 'open my $f, "<", $ARGV[0] or die $!; my $how = pack "L", 2; ioctl $f, 0x8004587D, $how or die $!';

/** Undefined where this machine lets nobody mount one. */
export function aDisk(megabytes: number): Disk | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const base = mkdtempSync(path.join(tmpdir(), 'ga-disk-'));
  chmodSync(base, 0o755);
  const [image, folder] = [path.join(base, 'image'), path.join(base, 'disk')];
  mkdirSync(folder);
  const isOk = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;
  const mount = () => isOk('mount', '-o', 'loop', image, folder);
  const canMount =
    isOk('truncate', '-s', `${megabytes}M`, image) && isOk('mkfs.ext4', '-q', '-m', '0', '-F', image) && mount();
  if (!canMount) {
    rmSync(base, { recursive: true });
    return undefined;
  }
  chmodSync(folder, 0o755);
  // also where the run is ended before its time
  const detach = () => void spawnSync('umount', ['-l', folder]);
  process.once('exit', detach);
  return {
    folder,
    cutPower: () => void execFileSync('perl', ['-e', shutdown, folder]),
    async restorePower() {
      await unmount(folder);
      if (!mount()) throw new Error('what is on the disk cannot be mounted');
    },
    sync: () => void execFileSync('sync', ['-f', folder]),
    fill: () => fill(folder),
    async remove() {
      await unmount(folder);
      process.off('exit', detach);
      rmSync(base, { recursive: true });
    },
  };
}

/** Whether this machine lets us have disks; says so where it does not. */
export async function canMountDisks(): Promise<boolean> {
  const disk = aDisk(16);
  await disk?.remove();
  if (disk === undefined)
    process.stderr.write('left out: power cuts and full disks; they need root and a loop device\n');
  return disk !== undefined;
}

/** Processes that were killed may hold the folder for a moment longer. */
async function unmount(folder: string): Promise<void> {
  for (let tries = 0; spawnSync('umount', [folder]).status !== 0; tries += 1) {
    if (tries === 400) throw new Error(`${folder} is in use`);
    await sleep(50);
  }
}

function fill(folder: string): () => void {
  const filler = path.join(folder, 'filler');
  const { bavail, bsize } = statfsSync(folder);
  // allocated, and not written: it takes no time, and no room on the machine's own disk
  const bytes = Math.max(1, bavail * bsize - 2 ** 20);
  spawnSync('fallocate', ['-l', String(bytes), filler]);
  spawnSync('sh', ['-c', `cat /dev/zero > ${filler}.end`]);
  return () => {
    for (const file of [filler, `${filler}.end`]) rmSync(file, { force: true });
  };
}
