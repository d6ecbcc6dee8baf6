import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** How a server is started, in the folder of a project. */
export interface Command {
  file: string;
  args: string[];
  env: Record<string, string>;
}

/** What a tool answered: the text that the model reads. */
export interface Answered {
  text: string;
  isError: boolean;
}

interface Message {
  id?: number;
  method?: string;
  result?: { isError?: boolean; content?: { text?: string }[]; tools?: ListedTool[] };
  error?: { message: string };
}

interface ListedTool {
  name: string;
  description?: string;
  inputSchema: object;
}

/** Characters of the tools that a server lists. */
export interface ListedCharacters {
  /** Name, description and input schema of each: what clients show the model. */
  shown: number;
  /** The whole answer, with output schemas and annotations, which are for the client. */
  all: number;
}

const initialize = {
  protocolVersion: '2025-06-18',
  capabilities: {},
  clientInfo: { name: 'bench', version: '0' },
};

/** A process that serves MCP over stdio, spoken to line by line: a client's own checks would be measured with it otherwise. */
export class Server {
  readonly #child;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #lastId = 0;

  constructor(
    readonly folder: string,
    { file, args, env }: Command,
  ) {
    this.#child = spawn(file, args, {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', ...env },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    // a server that ends early closes its end of the pipe before it is told to go
    this.#child.stdin.on('error', () => {});
    this.#child.once('exit', (code) => this.#fail(`the server ended with ${code}`));
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#receive(line));
  }

  /** Starts the protocol, up to the answer of `tools/list`. */
  async open(): Promise<ListedCharacters> {
    await this.#request('initialize', initialize);
    this.#send({ method: 'notifications/initialized' });
    const { result } = await this.#request('tools/list', {});
    const tools = result?.tools ?? [];
    const shown = tools.map(
      ({ name, description = '', inputSchema }) => name + description + JSON.stringify(inputSchema),
    );
    return { shown: shown.join('').length, all: JSON.stringify(tools).length };
  }

  /** @throws Error where the server has no such tool, or ended. */
  async call(name: string, input: Record<string, unknown>): Promise<Answered> {
    const { result, error } = await this.#request('tools/call', { name, arguments: input });
    if (error !== undefined) throw new Error(`${name}: ${error.message}`);
    const text = (result?.content ?? []).map((part) => part.text ?? '').join('');
    return { text, isError: result?.isError === true };
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.stdin.end();
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 3_000);
    await ended;
    clearTimeout(late);
  }

  #request(method: string, params: unknown): Promise<Message> {
    return new Promise((resolve) => {
      this.#lastId += 1;
      this.#waiting.set(this.#lastId, resolve);
      this.#send({ id: this.#lastId, method, params });
    });
  }

  #send(message: object): void {
    this.#child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  #receive(line: string): void {
    // some print more than the protocol to stdout
    if (!line.startsWith('{')) return;
    const message = JSON.parse(line) as Message;
    if (message.id === undefined) return;
    if (message.method !== undefined) {
      // some ask for the client's roots, though it has named no such capability
      this.#send({ id: message.id, result: { roots: [] } });
      return;
    }
    this.#waiting.get(message.id)?.(message);
    this.#waiting.delete(message.id);
  }

  #fail(reason: string): void {
    for (const settle of this.#waiting.values()) settle({ error: { message: reason } });
    this.#waiting.clear();
  }
}
