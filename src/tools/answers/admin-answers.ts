import { z } from 'zod';
import { Role, TokenKind } from '../../domain/principal.ts';
import type { Token } from '../../service/tokens.ts';
import type { Webhook } from '../../service/webhooks/webhooks.ts';
import type { WorkspaceSummary } from '../../service/workspaces.ts';

// What an admin looks after, in the words that the command line and REST share.

const time = z.string().describe('ISO 8601, UTC');

export const TokenAnswer = z.strictObject({
  name: z.string(),
  role: Role,
  kind: TokenKind,
  state: z.enum(['active', 'expired', 'revoked']),
  created_at: time,
  created_by: z.string(),
  expires_at: time.nullable(),
  revoked_at: time.nullable(),
  last_used_at: time.nullable().describe('to the minute'),
});

export function tokenAnswer(token: Token): z.input<typeof TokenAnswer> {
  const { name, role, kind, state, createdAt, createdBy, expiresAt, revokedAt, lastUsedAt } = token;
  return {
    ...{ name, role, kind, state, created_at: createdAt, created_by: createdBy },
    ...{ expires_at: expiresAt, revoked_at: revokedAt, last_used_at: lastUsedAt },
  };
}

export const WebhookAnswer = z.strictObject({
  id: z.string(),
  url: z.string(),
  types: z.array(z.string()).describe('types of changes; all when empty'),
  goal_id: z.string().nullable(),
  state: z.enum(['on', 'failing', 'off']),
  created_at: time,
  created_by: z.string(),
  delivered_at: time.nullable(),
  failed_attempts: z.int(),
  failing_since: time.nullable(),
  next_attempt_at: time.nullable(),
  switched_off_at: time.nullable(),
  note: z.string().nullable().describe('what went wrong last'),
});

export function webhookAnswer(webhook: Webhook): z.input<typeof WebhookAnswer> {
  const { id, url, types, state, note } = webhook;
  return {
    ...{ id, url, types, goal_id: webhook.goalId, state },
    ...{ created_at: webhook.createdAt, created_by: webhook.createdBy, delivered_at: webhook.deliveredAt },
    ...{ failed_attempts: webhook.failedAttempts, failing_since: webhook.failingSince },
    ...{ next_attempt_at: webhook.nextAttemptAt, switched_off_at: webhook.switchedOffAt, note },
  };
}

export const WorkspaceAnswer = z.strictObject({
  name: z.string(),
  goals: z.int(),
  tasks: z.int(),
  open_tasks: z.int(),
  templates: z.int(),
  tokens: z.int().describe('those that are not revoked'),
  created_at: time,
});

export function workspaceAnswer(workspace: WorkspaceSummary): z.input<typeof WorkspaceAnswer> {
  const { name, goals, tasks, openTasks, templates, tokens, createdAt } = workspace;
  return { name, goals, tasks, open_tasks: openTasks, templates, tokens, created_at: createdAt };
}
