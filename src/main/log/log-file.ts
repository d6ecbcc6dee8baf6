import { closeSync, fstatSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolders } from '../../store/embedded/make-folders.ts';

/** A larger file is put aside under a second name, and replaces the file of that name. */
const mostBytes = 10 * 1024 * 1024;

/**
 * A file that many processes append lines to. Any process may put it aside when it is full, or a person may move it
 * away; all processes notice with their next line. (pino-roll counts only its own process's lines, and gives each
 * process a file of its own.)
 */
export class LogFile {
  readonly #path: string;
  readonly #mostBytes: number;
  #fd: number | undefined;
  #wasOpen = false;
  #isTorn = false;
  #isTold = false;
  /** Called once for each period in which nothing can be written. */
  onTrouble: (error: Error) => void = () => {};

  constructor(path: string, limit = mostBytes) {
    this.#path = path;
    this.#mostBytes = limit;
  }

  /** Never throws: a line that cannot be written is lost. */
  write(line: string): void {
    try {
      const text = this.#isTorn ? `\n${line}` : line;
      const fd = this.#current();
      this.#isTorn = writeSync(fd, text) < Buffer.byteLength(text);
      this.#isTold = false;
    } catch (error) {
      if (this.#isTold) return;
      this.#isTold = true;
      this.onTrouble(error as Error);
    }
  }

  /** The open file, if it still has this name and is not full. */
  #current(): number {
    const there = statSync(this.#path, { throwIfNoEntry: false });
    if (this.#fd !== undefined && there && isSame(there, fstatSync(this.#fd)) && there.size < this.#mostBytes) {
      return this.#fd;
    }
    if (there && there.size >= this.#mostBytes) this.#putAside(there);
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    // once only: a line in a log must not bring a deleted home back
    if (!this.#wasOpen) makeFolders(dirname(this.#path));
    this.#fd = openSync(this.#path, 'a', 0o600);
    this.#wasOpen = true;
    return this.#fd;
  }

  /**
   * A second look, because another process may have put the full file aside a moment ago. Windows refuses while another
   * process has the file open.
   */
  #putAside(full: Identity): void {
    try {
      if (isSame(full, statSync(this.#path))) renameSync(this.#path, `${this.#path}.1`);
    } catch {}
  }
}

interface Identity {
  readonly ino: number;
  readonly dev: number;
}

const isSame = (a: Identity, b: Identity): boolean => a.ino === b.ino && a.dev === b.dev;
