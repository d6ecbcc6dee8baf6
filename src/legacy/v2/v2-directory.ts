import path from 'node:path';
import { GoalAgentError } from '../../domain/errors.ts';
import type { LegacyRecords } from '../check/types.ts';
import { Changes } from '../report.ts';
import { parseV2Files, readV2Files, type V2Files } from './read-directory.ts';

interface Looked {
  records: LegacyRecords;
  changes: Changes;
}

/** A directory of v2 files, which are read on demand. They are as large as a store; none of them is kept after that. */
export class V2Directory {
  /** Its absolute path. */
  readonly path: string;
  readonly #given: string;
  #hash: string | undefined;
  #files: Promise<V2Files> | undefined;
  #ahead: Promise<Looked> | undefined;

  constructor(directory: string) {
    this.#given = directory;
    this.path = path.resolve(directory);
  }

  /**
   * Reads the files and looks through them now, while the caller waits for something else. A failure shows again in the
   * methods below.
   */
  lookAhead(): this {
    this.#ahead = this.#look();
    this.#ahead.catch(() => {});
    return this;
  }

  /**
   * The hash of the bytes of all files, which `imports` remembers.
   *
   * @throws GoalAgentError `not_found` when there are no such files, `configuration` for one that cannot be read.
   */
  async hash(): Promise<string> {
    return (await this.#read()).hash;
  }

  /**
   * The records in the files. The changes that reading them takes go into `changes`.
   *
   * @throws GoalAgentError `invalid` for files that cannot be understood (file, line and column are in the message),
   *   `conflict` when they differ from the files of the hash that was given out.
   */
  async records(changes: Changes): Promise<LegacyRecords> {
    const looking = this.#ahead ?? this.#look();
    this.#ahead = undefined;
    const looked = await looking;
    this.#files = undefined;
    for (const change of looked.changes.list) changes.list.push(change);
    return looked.records;
  }

  async #look(): Promise<Looked> {
    const changes = new Changes();
    return { records: await parseV2Files(await this.#read(), changes), changes };
  }

  async #read(): Promise<V2Files> {
    this.#files ??= this.#readOnce();
    return this.#files;
  }

  async #readOnce(): Promise<V2Files> {
    const files = await readV2Files(this.path);
    if (files === undefined) {
      throw new GoalAgentError(
        'not_found',
        `${this.#given} holds neither goals.json nor tasks.json. Name the directory in which v2 kept them, usually data/goals.`,
      );
    }
    this.#hash ??= files.hash;
    if (files.hash === this.#hash) return files;
    throw new GoalAgentError(
      'conflict',
      `The files in ${this.path} changed while they were read. Stop v2 and try again.`,
    );
  }
}
