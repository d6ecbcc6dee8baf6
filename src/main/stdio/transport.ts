import {
  isJSONRPCNotification,
  isJSONRPCRequest,
  type JSONRPCMessage,
  type Transport,
} from '@modelcontextprotocol/server';
import type { ClientPipe } from './client-pipe.ts';
import { type Accepted, refused } from './message.ts';

/** Looks at a message, and says what the message has to wait for. */
type Notice = (message: Accepted['message']) => Promise<unknown> | undefined;

/** The client's pipe as the SDK wants it. The SDK's own transport is silent about lines that it cannot read. */
export class PipeTransport implements Transport {
  onmessage?: (message: JSONRPCMessage) => void;
  onerror?: (error: Error) => void;
  onclose?: () => void;
  readonly #pipe: ClientPipe;
  readonly #notice: Notice;
  #closed = false;

  /** @param notice sees each message before the SDK gets it */
  constructor(pipe: ClientPipe, notice: Notice) {
    this.#pipe = pipe;
    this.#notice = notice;
  }

  async start(): Promise<void> {
    this.#pipe.takeWith((accepted) => this.#deliver(accepted));
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (!this.#closed) this.#pipe.send(message);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.onclose?.();
  }

  #deliver(accepted: Accepted): void {
    const { kind, message } = accepted;
    // the SDK drops messages that its schema of the envelope refuses, such as one whose progress token is a list
    if (kind === 'request' && !isJSONRPCRequest(message)) {
      const id = JSON.stringify(accepted.id);
      this.#pipe.answer(accepted.id, refused(id, -32602, 'params._meta does not have the form of MCP').answer);
    } else if (kind !== 'notification' || isJSONRPCNotification(message)) {
      const take = () => this.onmessage?.(message as JSONRPCMessage);
      const wait = this.#notice(message);
      if (wait === undefined) take();
      else void wait.then(take);
    }
  }
}
