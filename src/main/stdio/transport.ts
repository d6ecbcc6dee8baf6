import {
  isJSONRPCNotification,
  isJSONRPCRequest,
  type JSONRPCMessage,
  type Transport,
} from '@modelcontextprotocol/server';
import type { ClientPipe } from './client-pipe.ts';
import { type Accepted, refused } from './message.ts';

/** The client's pipe as the SDK wants it. The SDK's own transport is silent about lines that it cannot read. */
export class PipeTransport implements Transport {
  onmessage?: (message: JSONRPCMessage) => void;
  onerror?: (error: Error) => void;
  onclose?: () => void;
  readonly #pipe: ClientPipe;
  #closed = false;

  constructor(pipe: ClientPipe) {
    this.#pipe = pipe;
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
      this.onmessage?.(message as JSONRPCMessage);
    }
  }
}
