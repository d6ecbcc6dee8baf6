import type { PoolCall } from '../../../src/service/call.ts';
import { advanceReady } from '../../../src/service/claims.ts';
import { makeDueGoals } from '../../../src/service/templates/recurring.ts';
import { undoOperations } from '../../../src/service/undo.ts';
import { archiveAll, ask, type Done } from './world.ts';

export type Answer = Record<string, unknown>;

/** Rows by their IDs, each as far as the history must tell of it right after the operation; null where the row is gone. */
export type Told = Record<string, Record<string, unknown> | null>;

/** Goals and tasks with all that hangs on them; names of resources; templates. */
type Realm = 'work' | 'names' | 'templates';

/** A writing operation of the service, on the rows of a world. */
export interface Operation {
  name: string;
  /** The tool that it calls; undefined where only other faces have it. */
  tool?: string;
  /** Which rows it touches: operations that have none in common do not meet. */
  realms: readonly Realm[];
  run(call: PoolCall, done: Done): Promise<Answer>;
  /** What its answer acknowledges. */
  told(answer: Answer): Told;
  /** Whether its answer says that anything was done at all. */
  did(answer: Answer): boolean;
}

type Args = Record<string, unknown> | ((done: Done) => Record<string, unknown>);
type Ends = Told | ((answer: Answer) => Told);

const realmsOf: Record<string, Realm[]> = {
  acquire: ['names'],
  release: ['names'],
  save_template: ['work', 'templates'],
  apply_template: ['templates'],
  recur_template: ['templates'],
  delete_template: ['templates'],
};

/** Operations of one tool. */
const by = (
  tool: string,
  list: Record<string, [args: Args, told?: Ends]>,
  did: (answer: Answer) => boolean = () => true,
) =>
  Object.entries(list).map(
    ([name, [args, told = {}]]): Operation => ({
      name,
      tool,
      realms: realmsOf[tool] ?? ['work'],
      run: (call, done) => ask(call, tool, typeof args === 'function' ? args(done) : args),
      told: typeof told === 'function' ? told : () => told,
      did,
    }),
  );

const claimed = (answer: Answer): Told =>
  Object.fromEntries((answer.tasks as { id: string }[]).map(({ id }) => [id, { status: 'in_progress' }]));
const created = (answer: Answer): Told => ({ [String(answer.first_task_id)]: { status: 'pending' } });
const newGoal = (answer: Answer): Told => ({ [String(answer.id)]: { status: 'planned' } });
const deleted = ({ deleted_goal_id, sub_goal_ids = [], task_ids }: Answer): Told => {
  const ids = [deleted_goal_id, ...(sub_goal_ids as unknown[]), ...(task_ids as unknown[])];
  return Object.fromEntries(ids.map((id) => [String(id), null]));
};
/** Tasks that a batch set, each to its status. */
const set =
  (statuses: Record<string, string>) =>
  (answer: Answer): Told =>
    Object.fromEntries((answer.successful as string[]).map((id) => [id, { status: statuses[id] }]));
const isRenewal = ({ renewed }: Answer) => renewed !== undefined;
const fence = 1;

const statuses = by('update_task_status', {
  'complete a task': [
    { task_id: 'TASK-0001', status: 'completed', result: 'read' },
    { 'TASK-0001': { status: 'completed', result: 'read' } },
  ],
  'complete the other dependency': [
    { task_id: 'TASK-0002', status: 'completed' },
    { 'TASK-0002': { status: 'completed' } },
  ],
  'complete the last task of a goal': [
    { task_id: 'TASK-0007', status: 'completed' },
    { 'TASK-0007': { status: 'completed' } },
  ],
  'complete a task with its criteria': [
    { task_id: 'TASK-0001', status: 'completed', criteria_met: [1, 2] },
    { 'TASK-0001': { status: 'completed' } },
  ],
  'complete a task once': [
    { task_id: 'TASK-0001', status: 'completed', request_id: 'once' },
    { 'TASK-0001': { status: 'completed' } },
  ],
  'start a task': [{ task_id: 'TASK-0001', status: 'in_progress' }, { 'TASK-0001': { status: 'in_progress' } }],
  'waive a task': [
    { task_id: 'TASK-0001', status: 'cancelled', waive: true },
    { 'TASK-0001': { status: 'cancelled', waived: true } },
  ],
  'reopen a task': [{ task_id: 'TASK-0005', status: 'pending' }, { 'TASK-0005': { status: 'pending' } }],
  'reopen the task of a completed goal': [
    { task_id: 'TASK-0010', status: 'pending' },
    { 'TASK-0010': { status: 'pending' } },
  ],
  'defer a task': [
    { task_id: 'TASK-0001', status: 'deferred', defer_until: '2030-01-01T00:00:00Z' },
    { 'TASK-0001': { status: 'deferred' } },
  ],
  'finish and claim': [
    { task_id: 'TASK-0004', status: 'completed', fence, claim_next: true },
    { 'TASK-0004': { status: 'completed' } },
  ],
});

const claims = by(
  'claim_tasks',
  {
    'claim any task': [{}, claimed],
    'claim tasks of a goal': [{ goal_id: 'GOAL-0002', limit: 2 }, claimed],
    'claim tasks of a goal of goals': [{ goal_id: 'GOAL-0001', limit: 3 }, claimed],
    'claim a task': [{ task_ids: ['TASK-0001'] }, claimed],
    'claim a task with a label': [{ labels: ['ui'] }, claimed],
    'renew a lease': [{ task_ids: ['TASK-0004'], fence, lease_seconds: 7_200 }],
  },
  (answer) => (answer.tasks as unknown[]).length > 0 && !isRenewal(answer),
);

const releases = by(
  'release_tasks',
  {
    'release a task': [{ task_ids: ['TASK-0004'], fence }, { 'TASK-0004': { status: 'pending', claimed_by: null } }],
  },
  ({ released }) => (released as unknown[]).length > 0,
);

const resources = [
  ...by(
    'acquire',
    {
      'acquire a name': [{ names: ['src/parser/**'] }],
      'acquire a name that meets it': [{ names: ['src/parser/grammar.ts', 'docs'] }],
    },
    ({ held }) => (held as unknown[]).length > 0,
  ),
  ...by(
    'release',
    { 'release a name': [{ names: ['staging'], fence: 1 }] },
    ({ released }) => (released as unknown[]).length > 0,
  ),
];

const goals = [
  ...by('create_goal', {
    'create a goal': [{ description: 'a new goal', labels: ['parser'] }, newGoal],
    'create a sub-goal': [{ description: 'a new sub-goal', parent_goal_id: 'GOAL-0002' }, newGoal],
  }),
  ...by('update_goal', {
    'edit a goal': [
      {
        goal_id: 'GOAL-0002',
        description: 'parse',
        priority: 'low',
        metadata: { by: 'me' },
        labels: ['x'],
        repos: ['y'],
      },
      { 'GOAL-0002': { description: 'parse', priority: 'low', labels: ['x'], repos: ['y'] } },
    ],
    'complete a goal': [{ goal_id: 'GOAL-0002', status: 'completed' }, { 'GOAL-0002': { status: 'completed' } }],
    'cancel a goal': [{ goal_id: 'GOAL-0002', status: 'cancelled' }, { 'GOAL-0002': { status: 'cancelled' } }],
    'cancel the goal above': [{ goal_id: 'GOAL-0001', status: 'cancelled' }, { 'GOAL-0001': { status: 'cancelled' } }],
    'reopen a goal': [{ goal_id: 'GOAL-0008', status: 'in_progress' }, { 'GOAL-0008': { status: 'in_progress' } }],
    'make a goal strict': [{ goal_id: 'GOAL-0002', strict: true }, { 'GOAL-0002': { strict: true } }],
    'move a goal below another': [
      { goal_id: 'GOAL-0002', parent_goal_id: 'GOAL-0004' },
      { 'GOAL-0002': { parent_goal_id: 'GOAL-0004' } },
    ],
    'move the other goal below it': [
      { goal_id: 'GOAL-0004', parent_goal_id: 'GOAL-0002' },
      { 'GOAL-0004': { parent_goal_id: 'GOAL-0002' } },
    ],
  }),
  ...by('delete_goal', {
    'delete a goal': [{ goal_id: 'GOAL-0002' }, deleted],
    'delete the goal above': [{ goal_id: 'GOAL-0001' }, deleted],
  }),
];

const tasks = [
  ...by('break_down_goal', {
    'add tasks': [{ goal_id: 'GOAL-0002', subtasks: [{ description: 'one more', labels: ['ui'] }] }, created],
    'add a task that waits': [
      {
        goal_id: 'GOAL-0002',
        subtasks: [
          { description: 'one more', dependencies: ['TASK-0001'], key: 'k' },
          { description: 'two', dependencies: ['k'] },
        ],
      },
      created,
    ],
  }),
  ...by('update_task', {
    'edit a task': [
      { task_id: 'TASK-0001', description: 'read it', priority: 'high', labels: ['ui', 'x'] },
      { 'TASK-0001': { description: 'read it', priority: 'high', labels: ['ui', 'x'] } },
    ],
    'make a task wait': [{ task_id: 'TASK-0001', add_dependencies: ['TASK-0002'] }],
    'make the other task wait': [{ task_id: 'TASK-0002', add_dependencies: ['TASK-0001'] }],
    'let a task wait no more': [{ task_id: 'TASK-0003', remove_dependencies: ['TASK-0001', 'TASK-0002'] }],
    'meet criteria': [{ task_id: 'TASK-0001', meet_criteria: [1] }],
    'move a task': [{ task_id: 'TASK-0001', goal_id: 'GOAL-0004' }, { 'TASK-0001': { goal_id: 'GOAL-0004' } }],
    'move the last task of a goal': [
      { task_id: 'TASK-0007', goal_id: 'GOAL-0002' },
      { 'TASK-0007': { goal_id: 'GOAL-0002' } },
    ],
  }),
  ...by('delete_task', {
    'delete a task': [{ task_id: 'TASK-0001' }, { 'TASK-0001': null }],
    'delete the last task of a goal': [{ task_id: 'TASK-0007' }, { 'TASK-0007': null }],
  }),
  ...by('add_note', {
    'note on a task': [{ task_id: 'TASK-0001', text: 'a note' }],
    'note on a goal': [{ goal_id: 'GOAL-0002', text: 'a note' }],
  }),
  ...by(
    'batch_update_tasks',
    {
      'complete tasks': [
        {
          updates: [
            { task_id: 'TASK-0002', status: 'completed' },
            { task_id: 'TASK-0001', status: 'completed' },
          ],
        },
        set({ 'TASK-0001': 'completed', 'TASK-0002': 'completed' }),
      ],
      'cancel and reopen tasks': [
        {
          updates: [
            { task_id: 'TASK-0001', status: 'cancelled' },
            { task_id: 'TASK-0005', status: 'pending' },
          ],
        },
        set({ 'TASK-0001': 'cancelled', 'TASK-0005': 'pending' }),
      ],
    },
    ({ successful }) => (successful as unknown[]).length > 0,
  ),
];

const undone = (kind: string, told: Told = {}) =>
  [(done: Done) => ({ event_id: done[kind]?.event }), told] satisfies [Args, Told];
const undos = by('undo', {
  'undo a note': undone('add_note'),
  'undo a status': undone('status', { 'TASK-0005': { status: 'pending' } }),
  'undo an edit': undone('edit', { 'TASK-0002': { description: 'write the code' } }),
  'undo a dependency': undone('dependency'),
  'undo an edit of a goal': undone('goal edit', { 'GOAL-0002': { priority: 'medium' } }),
  'undo a breakdown': undone('break_down', { 'TASK-0011': null }),
  'undo a deletion': undone('delete_task', { 'TASK-0012': { status: 'pending' } }),
  'undo a deletion of a goal': undone('delete_goal', { 'GOAL-0006': {}, 'TASK-0013': {} }),
  'undo a new goal': undone('create_goal', { 'GOAL-0007': null }),
  'undo an archiving': undone('archive', { 'GOAL-0008': { status: 'cancelled' } }),
  'undo an undo': undone('undo', { 'TASK-0007': { priority: 'high' } }),
});

const templates = [
  ...by('undo', { 'undo a template': undone('template') }).map(
    (undo): Operation => ({ ...undo, realms: ['templates'] }),
  ),
  ...by('save_template', { 'save a goal as a template': [{ name: 'release', goal_id: 'GOAL-0002' }] }),
  ...by('apply_template', {
    'apply a template': [
      { name: 'release', parameters: { version: '3' } },
      ({ goal_id }) => ({ [String(goal_id)]: { status: 'in_progress' } }),
    ],
  }),
  ...by('recur_template', { 'have a goal come back': [{ name: 'weekly', rule: '0 7 * * TUE' }] }),
  ...by('delete_template', {
    'delete a template': [{ name: 'release' }],
    'delete a template that comes back': [{ name: 'weekly' }],
  }),
];

/** What other faces do, or the time itself. Nobody answers for the last two. */
const others: Operation[] = [
  {
    name: 'archive goals',
    realms: ['work'],
    run: archiveAll,
    told: () => ({}),
    did: ({ goals: archived }) => archived !== 0,
  },
  {
    name: 'undo two operations',
    realms: ['work'],
    run: async (call, done) => ({
      ...(await undoOperations(call, [operationOf(done, 'edit'), operationOf(done, 'status')])),
    }),
    told: () => ({ 'TASK-0002': { description: 'write the code' }, 'TASK-0005': { status: 'pending' } }),
    did: () => true,
  },
  {
    name: 'make due goals',
    realms: ['work', 'templates'],
    run: async (call) => ({ made: await makeDueGoals(call) }),
    told: () => ({}),
    did: () => false,
  },
  {
    name: 'move the start of ready work on',
    realms: ['work'],
    run: async (call) => ({ moved: await advanceReady(call) }),
    told: () => ({}),
    did: () => false,
  },
];

function operationOf(done: Done, kind: string): number {
  return done[kind]?.operation ?? 0;
}

/** Every writing operation. A tool that writes has at least one here: a test counts. */
export const operations: readonly Operation[] = [
  ...statuses,
  ...claims,
  ...releases,
  ...resources,
  ...goals,
  ...tasks,
  ...undos,
  ...templates,
  ...others,
];
