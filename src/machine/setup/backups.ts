import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** How a file was before the first setup: its text, or that there was none. */
export interface Backup {
  text: string | undefined;
}

/** Keeps how clients' files were before Goal Agent was in them. They hold secrets, so only their user may read them. */
export class Backups {
  readonly #folder: string;

  constructor(home: string) {
    this.#folder = path.join(home, 'setup');
  }

  /** Where the backup of a file is. The name tells people which file it is of; the digest tells equal names apart. */
  fileOf(real: string): string {
    const digest = createHash('sha256').update(real).digest('hex').slice(0, 12);
    return path.join(this.#folder, `${path.basename(real).replace(/^\./, '')}.${digest}.before`);
  }

  async find(real: string): Promise<Backup | undefined> {
    const text = await readFile(this.fileOf(real), 'utf8').catch(() => undefined);
    if (text !== undefined) return { text };
    const wasMissing = await readFile(this.#missingOf(real)).catch(() => undefined);
    return wasMissing === undefined ? undefined : { text: undefined };
  }

  async keep(real: string, text: string | undefined): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await this.drop(real);
    await writeFile(text === undefined ? this.#missingOf(real) : this.fileOf(real), text ?? '', { mode: 0o600 });
  }

  async drop(real: string): Promise<void> {
    for (const file of [this.fileOf(real), this.#missingOf(real)]) await rm(file, { force: true });
  }

  #missingOf(real: string): string {
    return `${this.fileOf(real)}-missing`;
  }
}
