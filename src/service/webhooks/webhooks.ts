import { randomBytes } from 'node:crypto';
import { parseWantedType } from '../../domain/change-types.ts';
import { GoalAgentError } from '../../domain/errors.ts';
import { named } from '../../domain/stored-text.ts';
import { step } from '../../store/database.ts';
import type { Row } from '../../store/statement.ts';
import { listExistingGoals } from '../../store/statements/list-existing-goals.ts';
import {
  deleteWebhook,
  findWebhook,
  insertWebhook,
  listWebhooks as listStatement,
  markWorkspaceWithWebhooks,
  resumeWebhook as resumeStatement,
} from '../../store/statements/webhooks.ts';
import { type Call, change, goalNotFound, read } from '../call.ts';
import { requireRole } from '../caller.ts';
import { readChanges } from '../read-changes.ts';
import { testMessage } from './messages.ts';
import type { Outcome, Sender } from './sender.ts';

/** A receiver of changes, without its secret. Times are ISO 8601 in UTC. */
export interface Webhook {
  id: string;
  url: string;
  /** Types of changes, as `task.completed` or `task`; all when empty. */
  types: string[];
  goalId: string | null;
  createdAt: string;
  createdBy: string;
  /** `failing`: it is tried again at `nextAttemptAt`. `off`: it failed for a day, or wants no more; resumeWebhook lets it go on. */
  state: 'on' | 'failing' | 'off';
  failedAttempts: number;
  failingSince: string | null;
  nextAttemptAt: string | null;
  /** What went wrong last. */
  note: string | null;
  deliveredAt: string | null;
  switchedOffAt: string | null;
}

/** A webhook that was just made: the one time that its secret is shown. */
export interface NewWebhook {
  webhook: Webhook;
  secret: string;
}

export interface WebhookFields {
  url: string;
  /** Types of changes, as `task.completed`, `task.*` or `task`; all when empty. */
  types?: string[] | undefined;
  goalId?: string | undefined;
}

const longestUrl = 2_000;
const mostWebhooks = 50;

/**
 * Tells a receiver of all that changes from now on.
 *
 * @throws GoalAgentError `forbidden` for who is no admin; `invalid` for a URL or a type that cannot be; `not_found` for a
 *   goal that is not there; `conflict` where the workspace has too many.
 */
export async function addWebhook(call: Call, sender: Sender, fields: WebhookFields): Promise<NewWebhook> {
  requireRole(call, 'admin', 'add webhooks');
  const { workspaceId } = call.store;
  const url = parseReceiver(fields.url, sender);
  const types = parseTypes(fields.types ?? []);
  const { goalId = null } = fields;
  const { goals, webhooks } = await read(call, {
    goals: goalId === null ? undefined : step(listExistingGoals, { workspaceId, goalIds: [goalId] }),
    webhooks: step(listStatement, { workspaceId }),
  });
  if (goalId !== null && goals.length === 0) throw goalNotFound(goalId);
  if (webhooks.length >= mostWebhooks) throw tooMany();
  const { position } = await readChanges(call.store, { signal: call.signal });
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const id = `wh_${randomBytes(6).toString('hex')}`;
  const row = { workspaceId, id, url, secret, types, goalId, createdBy: call.actor, position };
  const {
    made: [made],
  } = await change(call, () => ({ made: step(insertWebhook, row) }));
  await change(call, () => ({ marked: step(markWorkspaceWithWebhooks, { workspaceId }) }));
  if (made === undefined) throw new Error('the webhook was not made');
  return { webhook: webhookOf(made), secret };
}

/** All webhooks of the workspace, the oldest first. */
export async function listWebhooks(call: Call): Promise<Webhook[]> {
  requireRole(call, 'admin', 'see webhooks');
  const { webhooks } = await read(call, { webhooks: step(listStatement, { workspaceId: call.store.workspaceId }) });
  return webhooks.map(webhookOf);
}

/** Ends a webhook: some seconds later nothing more is sent to it. Gives back its URL. */
export async function removeWebhook(call: Call, id: string): Promise<string> {
  requireRole(call, 'admin', 'remove webhooks');
  const {
    removed: [removed],
  } = await change(call, ({ workspaceId }) => ({ removed: step(deleteWebhook, { workspaceId, id }) }));
  if (removed === undefined) throw webhookNotFound(id);
  return removed.url;
}

/** Sends a message of the type `webhook.test` at once, and changes nothing. */
export async function testWebhook(call: Call, sender: Sender, id: string): Promise<Outcome & { url: string }> {
  requireRole(call, 'admin', 'test webhooks');
  const receiver = await getReceiver(call, id);
  const outcome = await sender.send(testMessage(receiver, call.store.workspace), call.signal);
  return { ...outcome, url: receiver.url };
}

/** Lets a webhook that is off or waits go on at once, with all that it was not told of. */
export async function resumeWebhook(call: Call, id: string): Promise<Webhook> {
  requireRole(call, 'admin', 'resume webhooks');
  const position = await placeToGoOn(call, (await getReceiver(call, id)).position);
  const {
    resumed: [row],
  } = await change(call, ({ workspaceId }) => ({ resumed: step(resumeStatement, { workspaceId, id, position }) }));
  if (row === undefined) throw webhookNotFound(id);
  return webhookOf(row);
}

/** Where it stood, or now where that is gone. */
async function placeToGoOn(call: Call, position: string): Promise<string> {
  try {
    await readChanges(call.store, { since: position, limit: 1 });
    return position;
  } catch (error) {
    if (!(error instanceof GoalAgentError) || error.code !== 'conflict') throw error;
    return (await readChanges(call.store)).position;
  }
}

async function getReceiver(call: Call, id: string) {
  const {
    found: [row],
  } = await read(call, { found: step(findWebhook, { workspaceId: call.store.workspaceId, id }) });
  if (row === undefined) throw webhookNotFound(id);
  return row;
}

/** The URL as it is stored. */
function parseReceiver(text: string, sender: Sender): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || text.length > longestUrl) {
    throw new GoalAgentError('invalid', `A webhook needs an https URL of at most ${longestUrl} characters.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new GoalAgentError(
      'invalid',
      'A webhook takes no user and password in its URL, where logs would show them. Messages are signed: the receiver checks the signature.',
    );
  }
  const refusal = sender.refusal(url);
  if (refusal !== undefined) throw new GoalAgentError('invalid', `This receiver ${refusal}.`);
  url.hash = '';
  return url.href;
}

function parseTypes(texts: readonly string[]): string[] {
  return texts.map((text) => {
    const wanted = parseWantedType(text);
    if (wanted !== undefined) return wanted;
    throw new GoalAgentError(
      'invalid',
      `${named(text, 80)} is no type of change; write task.completed, goal.updated, or task.* for all of tasks.`,
    );
  });
}

function webhookOf(row: Row<typeof listStatement>): Webhook {
  return {
    id: row.id,
    url: row.url,
    types: row.types,
    goalId: row.goal_id,
    createdAt: row.created_at,
    createdBy: row.created_by,
    state: row.switched_off_at !== null ? 'off' : row.attempts > 0 ? 'failing' : 'on',
    failedAttempts: row.attempts,
    failingSince: row.failing_since,
    nextAttemptAt: row.switched_off_at === null ? row.next_attempt_at : null,
    note: row.note,
    deliveredAt: row.delivered_at,
    switchedOffAt: row.switched_off_at,
  };
}

function webhookNotFound(id: string): GoalAgentError {
  return new GoalAgentError(
    'not_found',
    `There is no webhook ${named(id, 80)} in this workspace. The list of webhooks shows the ids.`,
  );
}

function tooMany(): GoalAgentError {
  return new GoalAgentError(
    'conflict',
    `This workspace has ${mostWebhooks} webhooks, and no more are kept. Remove one that is not needed.`,
  );
}
