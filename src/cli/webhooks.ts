import { GoalAgentError } from '../domain/errors.ts';
import { GoalId } from '../domain/ids.ts';
import { Sender } from '../service/webhooks/sender.ts';
import {
  addWebhook,
  listWebhooks,
  removeWebhook,
  resumeWebhook,
  testWebhook,
  type Webhook,
} from '../service/webhooks/webhooks.ts';
import { webhookAnswer } from '../tools/answers/admin-answers.ts';
import type { Actions } from './actions.ts';
import { print, printJson } from './render/output.ts';

export interface AddOptions {
  events?: string;
  goal?: string;
  json?: boolean;
}

/** Who the list of webhooks names for it. */
const actor = 'operator';

export async function runList(actions: Actions, { json = false }: { json?: boolean }): Promise<void> {
  const webhooks = await actions.withCall(actor, listWebhooks);
  if (json) printJson(webhooks.map(webhookAnswer));
  else if (webhooks.length === 0) print('There is no webhook. To make one: goal-agent webhook add URL');
  else for (const each of webhooks) printWebhook(each);
}

export async function runRemove(actions: Actions, id: string): Promise<void> {
  const url = await actions.withCall(actor, (call) => removeWebhook(call, id));
  print(`Removed ${id}: nothing more is sent to ${url}.`);
}

export async function runResume(actions: Actions, id: string): Promise<void> {
  const { url } = await actions.withCall(actor, (call) => resumeWebhook(call, id));
  print(`${id} goes on: ${url} gets what it was not told of.`);
}

export async function runAdd(actions: Actions, url: string, { events, goal, json = false }: AddOptions): Promise<void> {
  const types = (events ?? '')
    .split(',')
    .map((type) => type.trim())
    .filter((type) => type !== '');
  const goalId = goal === undefined ? undefined : goalIdOf(goal);
  const { webhook, secret } = await withSender(actions, (sender) =>
    actions.withCall(actor, (call) => addWebhook(call, sender, { url, types, goalId })),
  );
  if (json) {
    printJson({ ...webhookAnswer(webhook), secret });
    return;
  }
  print(`${webhook.id}  ${wantedBy(webhook)} to ${webhook.url}, from now on, while goal-agent serve runs.`);
  print(`Its secret, shown this once:  ${secret}`);
  print('The receiver checks each message with it (standardwebhooks.com).');
  print(`To try it:  goal-agent webhook test ${webhook.id}`);
}

function goalIdOf(text: string): string {
  const { data, error } = GoalId.safeParse(text);
  if (data !== undefined) return data;
  throw new GoalAgentError('invalid', `--goal ${error?.issues[0]?.message ?? 'is no goal ID'}.`);
}

export async function runTest(actions: Actions, id: string): Promise<void> {
  const { url, isTaken, what } = await withSender(actions, (sender) =>
    actions.withCall(actor, (call) => testWebhook(call, sender, id)),
  );
  if (!isTaken) throw new GoalAgentError('unavailable', `The receiver at ${url} ${what}.`);
  print(`The receiver at ${url} ${what}: it took the message.`);
}

async function withSender<T>(actions: Actions, work: (sender: Sender) => Promise<T>): Promise<T> {
  const sender = new Sender({ allowPrivate: actions.allowsPrivateWebhooks() });
  try {
    return await work(sender);
  } finally {
    sender.close();
  }
}

function printWebhook(webhook: Webhook): void {
  print(`${webhook.id}  ${wantedBy(webhook)} to ${webhook.url}`);
  print(`  ${stateOf(webhook)}`);
}

function wantedBy({ types, goalId }: Webhook): string {
  const what = types.length === 0 ? 'every change' : types.join(', ');
  return goalId === null ? what : `${what} of ${goalId}`;
}

function stateOf({
  id,
  state,
  note,
  deliveredAt,
  switchedOffAt,
  failingSince,
  nextAttemptAt,
  failedAttempts,
}: Webhook): string {
  if (state === 'off')
    return `off since ${minute(switchedOffAt)}: ${note ?? ''} To let it go on: goal-agent webhook resume ${id}`;
  if (state === 'failing')
    return `failing since ${minute(failingSince)}, ${failedAttempts} times: ${note ?? ''} Next try at ${minute(nextAttemptAt)}.`;
  return deliveredAt === null ? 'on; nothing was sent yet' : `on; the last message was taken at ${minute(deliveredAt)}`;
}

/** `2026-11-28 10:42 UTC` */
function minute(time: string | null): string {
  return time === null ? '?' : `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
}
