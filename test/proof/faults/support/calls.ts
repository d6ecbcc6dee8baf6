import type { Chance } from './chance.ts';

type Answer = Record<string, unknown>;

/** A call that writes, and what it must leave behind. */
export interface WritingCall {
  tool: string;
  args: Record<string, unknown>;
  /** Stands in every event of the call, as a text or as the name of a holder, and in those of no other call. */
  mark: string;
  requestId?: string;
  /** The numbers of events with the mark that the call may leave: any other is a half of it. */
  parts: readonly number[];
  /** The number that it left, and the IDs of the goals and tasks that it tells of. */
  told(answer: Answer): { parts: number; ids: string[] };
  /** Somebody else may have the task by now, where a lease ran out: the call is not repeated then. */
  mayBeRefused?: boolean;
  /** What the writer may work on from now on. */
  done(answer: Answer): void;
}

/** Goals that all writers share, so that they meet at their rows. */
export interface SharedGoals {
  /** Each writer adds tasks to it, and sets the status of its own. */
  common: string;
  /** Its tasks are there to be claimed, by any writer. */
  claimed: string;
}

/** What one writer has made and may work on. */
export interface Desk {
  goals: string[];
  tasks: string[];
  /** Claimed, with the fence. */
  held: { id: string; fence: number; goal: string }[];
}

export const emptyDesk = (): Desk => ({ goals: [], tasks: [], held: [] });

interface Maker {
  chance: Chance;
  desk: Desk;
  shared: SharedGoals;
  mark: string;
}

type Made = Omit<WritingCall, 'mark'>;

/** The next call of a writer, by chance, of those that it has the goals and tasks for. */
export function nextCall(maker: Maker, requestId: string | undefined): WritingCall {
  const { chance, desk, mark } = maker;
  const kinds = [
    createGoal,
    breakDownGoal,
    fillClaimed,
    addNote,
    claim,
    claim,
    ...(desk.tasks.length > 0 ? [complete, complete, complete] : []),
    ...(desk.tasks.length > 3 ? [completeSeveral] : []),
    ...(desk.held.length > 0 ? [finishAndClaim, finishAndClaim] : []),
  ];
  const made = chance.oneOf(kinds)(maker);
  if (requestId === undefined) return { ...made, mark };
  return { ...made, mark, requestId, args: { ...made.args, request_id: requestId } };
}

function createGoal({ desk, mark }: Maker): Made {
  return {
    tool: 'create_goal',
    args: { description: `the goal ${mark}` },
    parts: [1],
    told: ({ id }) => ({ parts: 1, ids: [String(id)] }),
    done: ({ id }) => void desk.goals.push(String(id)),
  };
}

function breakDownGoal(maker: Maker): Made {
  const { chance, desk, shared } = maker;
  return tasksIn(maker, chance.oneOf([shared.common, ...desk.goals.slice(-3)]), (ids) => void desk.tasks.push(...ids));
}

const fillClaimed = (maker: Maker): Made => tasksIn(maker, maker.shared.claimed, () => {});

function tasksIn({ chance, mark }: Maker, goal: string, done: (ids: string[]) => void): Made {
  const count = chance.between(2, 6);
  const subtasks = Array.from({ length: count }, (_, n) => ({
    description: `task ${n} of ${mark}`,
    ...(n > 0 && chance.next() < 0.5 && { dependencies: [`#${n}`] }),
  }));
  const idsOf = ({ first_task_id }: Answer) => {
    const first = Number(String(first_task_id).slice('TASK-'.length));
    return Array.from({ length: count }, (_, n) => `TASK-${String(first + n).padStart(4, '0')}`);
  };
  return {
    tool: 'break_down_goal',
    args: { goal_id: goal, subtasks },
    parts: [count],
    told: (answer) => ({ parts: count, ids: idsOf(answer) }),
    done: (answer) => done(idsOf(answer)),
  };
}

function addNote({ chance, desk, shared, mark }: Maker): Made {
  const goal = chance.oneOf([shared.common, ...desk.goals.slice(-3)]);
  return {
    tool: 'add_note',
    args: { goal_id: goal, text: `the note ${mark}` },
    parts: [1],
    told: () => ({ parts: 1, ids: [goal] }),
    done: () => {},
  };
}

function complete({ desk, mark }: Maker): Made {
  const [task = ''] = desk.tasks.splice(0, 1);
  return {
    tool: 'update_task_status',
    args: { task_id: task, status: 'completed', result: mark },
    parts: [1],
    told: ({ id }) => ({ parts: 1, ids: [String(id)] }),
    done: () => {},
  };
}

function completeSeveral({ chance, desk, mark }: Maker): Made {
  const tasks = desk.tasks.splice(0, chance.between(2, 4));
  const updates = tasks.map((task) => ({ task_id: task, status: 'completed', result: mark }));
  return {
    tool: 'batch_update_tasks',
    args: { updates },
    parts: [tasks.length],
    told: ({ successful }) => ({ parts: tasks.length, ids: successful as string[] }),
    done: () => {},
  };
}

interface Claimed {
  id: string;
  goal_id: string;
  fence: number;
}

const heldOf = ({ id, fence, goal_id }: Claimed) => ({ id, fence, goal: goal_id });

/** The claim is under a name of its own: the mark. */
function claim({ chance, desk, shared, mark }: Maker): Made {
  const tasksOf = ({ tasks }: Answer) => tasks as Claimed[];
  return {
    tool: 'claim_tasks',
    args: { goal_id: shared.claimed, limit: chance.between(1, 2), agent: mark },
    parts: [1, 2],
    told: (answer) => ({ parts: tasksOf(answer).length, ids: tasksOf(answer).map(({ id }) => id) }),
    done: (answer) => void desk.held.push(...tasksOf(answer).map(heldOf)),
  };
}

function finishAndClaim({ desk, mark }: Maker): Made {
  const [held = { id: '', fence: 0 }] = desk.held.splice(0, 1);
  const nextOf = ({ next }: Answer) => (next ?? undefined) as Claimed | undefined;
  return {
    tool: 'update_task_status',
    args: { task_id: held.id, status: 'completed', result: mark, fence: held.fence, claim_next: true, agent: mark },
    parts: [1, 2],
    mayBeRefused: true,
    told(answer) {
      const next = nextOf(answer);
      return { parts: next === undefined ? 1 : 2, ids: [held.id, ...(next === undefined ? [] : [next.id])] };
    },
    done(answer) {
      const next = nextOf(answer);
      if (next !== undefined) desk.held.push(heldOf(next));
    },
  };
}
