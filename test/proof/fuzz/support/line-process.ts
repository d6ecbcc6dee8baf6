import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once as onceOf } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { setTimeout as sleep } from 'node:timers/promises';
import { getDefaultEnvironment } from '@modelcontextprotocol/client/stdio';
import type pg from 'pg';
import { program } from '../../../support/bundle.ts';
import { allTools } from '../../../support/conversation.ts';
import { environmentOf } from '../../../support/server-process.ts';
import { type Expected, problemOf } from './expected.ts';
import { canaries, Leaks } from './leaks.ts';
import { calmable } from './memory.ts';

/** An answer as JSON-RPC has it. */
export interface Answer {
  id: unknown;
  result?: Record<string, unknown>;
  error?: { code: number; message: string };
}

/** What is written at once, before the pause that follows. */
export interface Piece {
  bytes: Buffer;
  pauseMs: number;
}

/** An answer may take so long on a busy machine. */
const patienceMs = 45_000;

/** `goal-agent mcp` with no client between: each of its lines is looked at, and each answer is counted. */
export class LineProcess {
  readonly home = mkdtempSync(path.join(tmpdir(), 'goal-agent-fuzz-'));
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #leaks: Leaks;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  readonly #counts = new Map<string, number>();
  readonly #answers = new Map<string, Answer>();
  #rest = '';
  #problem: Error | undefined;
  #hasEnded = false;
  #wake = () => {};
  /** Answers and other messages so far. */
  answered = 0;
  told = 0;
  defects = '';

  constructor(database: pg.ClientConfig) {
    this.#leaks = new Leaks(database, [this.home, process.cwd()]);
    const env = { ...environmentOf(database), ...canaries, ...calmable(this.home), ...allTools };
    this.#child = spawn(process.execPath, [program, 'mcp'], {
      cwd: this.home,
      env: { ...getDefaultEnvironment(), GOAL_AGENT_HOME: this.home, ...env },
    });
    this.#child.stdin.on('error', () => {}); // it went away while we wrote: `exited` tells
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('a defect in')) this.defects += text;
    });
    this.exited = onceOf(this.#child, 'exit').then(([code, signal]) => {
      this.#hasEnded = true;
      this.#wake();
      return { code, signal };
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /**
   * Writes pieces and waits for what is expected; then for a ping, so that an answer too many is seen.
   * @returns the answers by ID
   */
  async exchange(pieces: readonly Piece[], expected: readonly Expected[], ping?: { line: string; id: string }) {
    await this.#write(pieces);
    await this.#until(expected);
    if (ping !== undefined) {
      this.#child.stdin.write(ping.line);
      await this.#until([...expected, { id: ping.id, least: 1, most: 1 }]);
    }
    const answers = new Map(this.#answers);
    this.#answers.clear();
    this.#counts.clear();
    return answers;
  }

  /** Writes, ends the input, and waits for the end of the process: all that is expected has to be there by then. */
  async exchangeLast(pieces: readonly Piece[], expected: readonly Expected[]): Promise<void> {
    await this.#write(pieces);
    this.#child.stdin.end();
    const ended = await Promise.race([this.exited, sleep(patienceMs, undefined, { ref: false })]);
    if (ended === undefined) throw new Error('The process does not end with its input.');
    if (ended.code !== 0) throw new Error(`The process ended with ${ended.code ?? ended.signal}.`);
    await onceClosed(this.#child.stdout);
    const problem = this.#problem ?? problemOf(expected, this.#counts);
    if (problem !== undefined) throw problem instanceof Error ? problem : new Error(problem);
  }

  /** Messages that nobody asked for, such as progress, are not kept. */
  async end(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exited;
    rmSync(this.home, { recursive: true, force: true });
  }

  async #write(pieces: readonly Piece[]): Promise<void> {
    for (const { bytes, pauseMs } of pieces) {
      this.#child.stdin.write(bytes);
      if (pauseMs > 0) await sleep(pauseMs);
    }
  }

  async #until(expected: readonly Expected[]): Promise<void> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      if (this.#problem !== undefined) throw this.#problem;
      const problem = problemOf(expected, this.#counts);
      if (problem === undefined) return;
      if (this.#hasEnded) throw new Error(`The process is gone, and ${problem}.`);
      const left = deadline - performance.now();
      if (left <= 0 || !problem.includes('not answered')) throw new Error(problem);
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([woken, sleep(Math.min(left, 1_000), undefined, { ref: false })]);
    }
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    try {
      for (const line of lines) this.#line(line);
    } catch (error) {
      this.#problem ??= error as Error;
    }
    this.#wake();
  }

  #line(line: string): void {
    this.#leaks.check(line);
    const parsed = JSON.parse(line);
    for (const message of Array.isArray(parsed) ? parsed : [parsed]) this.#message(message);
  }

  #message(message: Answer & { jsonrpc: unknown; method?: unknown }): void {
    if (message.jsonrpc !== '2.0') throw new Error(`A message is no JSON-RPC: ${JSON.stringify(message)}`);
    if (message.method !== undefined) {
      this.told += 1;
      return;
    }
    this.answered += 1;
    const id = JSON.stringify(message.id);
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
    this.#answers.set(id, message);
    checkForm(message);
  }
}

function checkForm({ result, error, ...rest }: Answer): void {
  const isError = error !== undefined && Number.isInteger(error.code) && error.message.length > 10;
  if ((result !== undefined) === isError)
    throw new Error(`An answer has no form: ${JSON.stringify({ result, error })}`);
  if (error !== undefined && error.message.length > 3_000) throw new Error(`An error is too long: ${error.message}`);
  if (error?.code === -32603) throw new Error(`An internal error: ${JSON.stringify({ ...rest, error })}`);
}

async function onceClosed(stream: NodeJS.ReadableStream & { closed?: boolean }): Promise<void> {
  if (stream.closed !== true) await onceOf(stream, 'close');
}
