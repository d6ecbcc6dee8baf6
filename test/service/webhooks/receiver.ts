import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { onTestFinished } from 'vitest';
import type { Change } from '../../../src/domain/change.ts';

interface Received {
  id: string;
  type: string;
  timestamp: string;
  data: Change & { workspace: string };
}

/** How it answers: a status, `hang` for never, or its own way. */
type Answer = number | 'hang' | ((response: ServerResponse) => void);

export interface Receiver {
  url: string;
  /** All that came, whatever it answered, in the order of arrival. */
  received: Received[];
  /** What it took. */
  taken: Received[];
  /** Most messages that were at one goal in the same moment. */
  mostAtOneGoal: number;
  /** How it answers from now on. */
  answer: (message: Received) => Answer;
  delayMs: number;
  /** Checks signatures with this secret from now on. */
  secret: string | undefined;
  /** Messages whose signature was wrong. */
  forged: number;
}

/** A receiver of webhooks on this machine. */
export async function aReceiver(): Promise<Receiver> {
  const atWork = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    if (receiver.secret !== undefined) {
      try {
        new Webhook(receiver.secret).verify(body, request.headers as Record<string, string>);
      } catch {
        receiver.forged += 1;
      }
    }
    const message: Received = { id: String(request.headers['webhook-id']), ...JSON.parse(body) };
    const goal = message.data.goal_id;
    atWork.set(goal, (atWork.get(goal) ?? 0) + 1);
    receiver.mostAtOneGoal = Math.max(receiver.mostAtOneGoal, atWork.get(goal) ?? 0);
    receiver.received.push(message);
    if (receiver.delayMs > 0) await sleep(receiver.delayMs);
    atWork.set(goal, (atWork.get(goal) ?? 0) - 1);
    const answer = receiver.answer(message);
    if (answer === 'hang') return;
    if (typeof answer === 'function') return answer(response);
    if (answer < 300) receiver.taken.push(message);
    response.writeHead(answer).end('thank you');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received: [],
    taken: [],
    mostAtOneGoal: 0,
    answer: () => 200,
    delayMs: 0,
    secret: undefined,
    forged: 0,
  };
  return receiver;
}
