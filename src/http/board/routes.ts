import { type Context, Hono } from 'hono';
import { compress } from 'hono/compress';
import { z } from 'zod';
import { GoalAgentError } from '../../domain/errors.ts';
import { GoalId, TaskId } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import { parseSince } from '../../domain/since.ts';
import { getGoalForBoard, getTasksForBoard, listGoalsForBoard, previewUndo } from '../../service/board.ts';
import { getBriefing } from '../../service/briefing.ts';
import type { PoolCall } from '../../service/call.ts';
import { requireRole } from '../../service/caller.ts';
import { getHistory } from '../../service/history.ts';
import { listNotes } from '../../service/notes.ts';
import { listOperationsOf, undoOperations } from '../../service/undo.ts';
import { whyNotUndo, whyNotUndoAll } from '../../service/why-not-undo.ts';
import { jsonAnswer } from '../json-answer.ts';
import { readBody, readJsonBody } from '../json-body.ts';
import type { HttpEnv, ServiceParts } from '../parts.ts';

// What the board reads: many rows at once and in pieces, where a tool answers for a context window. Not a part of the
// interface that /openapi.json describes: the page and the service come from one build.

const number = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const since = z.string().transform((text, context) => {
  const parsed = parseSince(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: 'is no time' });
  return z.NEVER;
});

const queries = {
  goals: z.strictObject({ before: number.optional(), archived: z.literal('true').optional() }),
  none: z.strictObject({}),
  tasks: z.strictObject({
    ids: z
      .string()
      .transform((ids) => ids.split(','))
      .pipe(z.array(TaskId).max(limits.page)),
  }),
  now: z.strictObject({ since }),
  history: z.strictObject({
    goal_id: GoalId.optional(),
    task_id: TaskId.optional(),
    actor: z.string().max(limits.shortText).optional(),
    operation: number.optional(),
    seq: number.optional(),
  }),
  notes: z.union([z.strictObject({ task_id: TaskId }), z.strictObject({ goal_id: GoalId })]),
  event: z.strictObject({ event_id: number }),
  agent: z.strictObject({ agent: z.string().min(1).max(limits.shortText), since }),
};
const Operations = z.strictObject({ operations: z.array(number).min(1).max(100_000) });

/** Events of one page. */
const pageOfHistory = 100;

/** The routes below /api/v1/board. */
export function boardRoutes(parts: ServiceParts): Hono<HttpEnv> {
  const board = new Hono<HttpEnv>();
  board.use(compress());
  const get = <Q>(
    path: string,
    query: z.ZodType<Q>,
    read: (call: PoolCall, query: Q, id: string) => Promise<unknown>,
  ) =>
    board.get(path, async (context) => {
      const given = parsed(query, context.req.query());
      return jsonAnswer(await read(await openCall(parts, context), given, context.req.param('goal_id') ?? ''));
    });
  get('/goals', queries.goals, (call, { before, archived }) =>
    listGoalsForBoard(call, { before, isArchived: archived !== undefined }),
  );
  get('/goals/:goal_id', queries.none, (call, _, id) => getGoalForBoard(call, parsed(GoalId, id)));
  get('/tasks', queries.tasks, (call, { ids }) => getTasksForBoard(call, ids));
  get('/now', queries.now, (call, { since }) => getBriefing(call, { since }));
  get('/history', queries.history, async (call, { goal_id: goalId, task_id: taskId, actor, operation, seq }) => {
    const before = operation === undefined || seq === undefined ? undefined : { operation, seq };
    const { events: found } = await getHistory(call, { goalId, taskId, actor }, { limit: pageOfHistory + 1, before });
    return { events: found.slice(0, pageOfHistory), has_more: found.length > pageOfHistory };
  });
  get('/notes', queries.notes, (call, on) =>
    listNotes(call, 'task_id' in on ? { taskId: on.task_id } : { goalId: on.goal_id }),
  );
  get('/undo', queries.event, async (call, { event_id }) => {
    const preview = await previewUndo(call, event_id);
    // a reader is told what happened; whether it could be taken back is looked at as a change would
    const refused = call.principal?.role === 'reader' ? undefined : await whyNotUndo(call, event_id);
    return { ...preview, refused };
  });
  get('/undo/agent', queries.agent, async (call, { agent, since }) => {
    const operations = await listOperationsOf(call, agent, since);
    const numbers = operations.map(({ operation }) => operation);
    const mayAsk = call.principal === undefined || call.principal.role === 'admin';
    return { operations, refused: mayAsk && numbers.length > 0 ? await whyNotUndoAll(call, numbers) : undefined };
  });
  board.post('/undo/agent', async (context) => {
    const body = readJsonBody(await readBody(context.req));
    const { operations } = parsed(Operations, body);
    const call = await openCall(parts, context);
    requireRole(call, 'admin', 'take back all that an agent did');
    const { operation, rows } = await undoOperations(call, operations);
    return jsonAnswer({ operation, rows });
  });
  return board;
}

function openCall(parts: ServiceParts, context: Context<HttpEnv>): Promise<PoolCall> {
  const { agent, program, principal, isPerson } = context.var;
  return parts.openCall({ clientName: agent ?? program, principal, isPerson, signal: context.req.raw.signal });
}

function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  throw new GoalAgentError('invalid', `board: ${issue?.path.join('.') || 'the request'} ${issue?.message}.`);
}
