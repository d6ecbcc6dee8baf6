import { Webhook } from 'standardwebhooks';
import type { Change } from '../../domain/change.ts';
import type { Message } from './sender.ts';

/** To whom a message goes, and the secret that signs it. */
export interface Receiver {
  id: string;
  url: string;
  secret: string;
}

/** A change as its receiver gets it. Its id stays the same however often it is sent. */
export function changeMessage(receiver: Receiver, workspace: string, change: Change): Message {
  return signed(receiver, `${receiver.id}_${change.position}`, {
    type: change.type,
    timestamp: change.operation.at,
    data: { workspace, ...change },
  });
}

/** A message that only shows that messages arrive. */
export function testMessage(receiver: Receiver, workspace: string): Message {
  const timestamp = new Date().toISOString();
  return signed(receiver, `${receiver.id}_test_${Date.now()}`, {
    type: 'webhook.test',
    timestamp,
    data: { workspace },
  });
}

/** The scheme of standardwebhooks.com: receivers check it with a library in most languages. */
function signed({ url, secret }: Receiver, id: string, content: object): Message {
  const body = JSON.stringify(content);
  const now = new Date();
  return {
    url,
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'goal-agent',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, now, body),
    },
  };
}
