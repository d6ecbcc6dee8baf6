import { z } from 'zod';
import { GoalId } from '../../domain/ids.ts';
import { text } from '../../domain/text.ts';
import {
  addWebhook,
  listWebhooks,
  removeWebhook,
  resumeWebhook,
  testWebhook,
} from '../../service/webhooks/webhooks.ts';
import { WebhookAnswer, webhookAnswer } from '../../tools/answers/admin-answers.ts';
import { defineRoute } from './admin-route.ts';

const One = z.strictObject({ webhook_id: text() });

/** The webhooks of the caller's workspace. */
export const webhookRoutes = [
  defineRoute({
    method: 'get',
    path: '/webhooks',
    name: 'list_webhooks',
    description: 'The webhooks of this workspace, without their secrets, and what went wrong with them.',
    input: z.strictObject({}),
    output: z.strictObject({ webhooks: z.array(WebhookAnswer) }),
    run: async ({ call }) => ({ webhooks: (await listWebhooks(call)).map(webhookAnswer) }),
  }),
  defineRoute({
    method: 'post',
    path: '/webhooks',
    status: 201,
    name: 'add_webhook',
    description: 'Sends all that changes from now on. The secret that signs the messages is shown this once.',
    input: z.strictObject({
      url: text(2_000),
      types: z.array(text()).max(100).default([]).describe('as task.completed, or task; all when empty'),
      goal_id: GoalId.optional().describe('only what concerns this goal'),
    }),
    output: WebhookAnswer.extend({ secret: z.string().describe('shown this once') }),
    async run({ call, parts }, { url, types, goal_id: goalId }) {
      const { webhook, secret } = await addWebhook(call, parts.sender, { url, types, goalId });
      return { ...webhookAnswer(webhook), secret };
    },
  }),
  defineRoute({
    method: 'delete',
    path: '/webhooks/{webhook_id}',
    name: 'remove_webhook',
    description: 'Ends a webhook: some seconds later nothing more is sent to it.',
    input: One,
    output: z.strictObject({ id: z.string(), url: z.string() }),
    run: async ({ call }, { webhook_id: id }) => ({ id, url: await removeWebhook(call, id) }),
  }),
  defineRoute({
    method: 'post',
    path: '/webhooks/{webhook_id}/test',
    name: 'test_webhook',
    description: 'Sends one message of the type webhook.test, and says what the receiver answered.',
    input: One,
    output: z.strictObject({
      is_taken: z.boolean(),
      url: z.string(),
      what: z.string().describe('what the receiver did, as "answered 500"'),
    }),
    async run({ call, parts }, { webhook_id: id }) {
      const { isTaken, url, what } = await testWebhook(call, parts.sender, id);
      return { is_taken: isTaken, url, what };
    },
  }),
  defineRoute({
    method: 'post',
    path: '/webhooks/{webhook_id}/resume',
    name: 'resume_webhook',
    description: 'Lets a webhook that is off or waits go on at once, from where it stopped.',
    input: One,
    output: WebhookAnswer,
    run: async ({ call }, { webhook_id: id }) => webhookAnswer(await resumeWebhook(call, id)),
  }),
];
