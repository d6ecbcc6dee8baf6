import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/domain/json.ts';
import { limits } from '../../src/domain/limits.ts';
import { unstorable } from '../../src/domain/text.ts';
import { recordsIn } from '../../src/legacy/check/records.ts';
import type { LegacyRecords } from '../../src/legacy/check/types.ts';
import { aGoal, aTask, type Checked, check } from './support/records.ts';

const strange = fc.oneof(
  fc.constantFrom(
    null,
    '',
    ' ',
    '\0',
    '\ud800',
    0,
    -1,
    1e300,
    true,
    [],
    {},
    [null],
    '2026-02-30',
    'GOAL-0001',
    'TASK-0003',
    'x'.repeat(11_000),
  ),
  fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }),
);
const taskId = fc.constantFrom(
  'TASK-0001',
  'TASK-0002',
  'TASK-0003',
  'TASK-0004',
  'task-5',
  'TASK-99',
  'nonsense',
  '__proto__',
);
const goalId = fc.constantFrom('GOAL-0001', 'GOAL-0002', 'goal-3', 'GOAL-0404', '', 'constructor');
const references = fc.array(fc.oneof({ weight: 8, arbitrary: taskId }, { weight: 1, arbitrary: strange }), {
  maxLength: 6,
});

/** A record as v2 wrote it, with some fields replaced by anything, taken out, or added. */
function damaged(record: fc.Arbitrary<Record<string, unknown>>): fc.Arbitrary<JsonObject> {
  return fc
    .tuple(
      record,
      fc.dictionary(
        fc.constantFrom(
          'id',
          'description',
          'status',
          'priority',
          'repos',
          'tasks',
          'metadata',
          'created_at',
          'updated_at',
          'completed_at',
          'result',
          'type',
          'repo',
          'extra',
          '__proto__',
          'dependencies',
          'goal_id',
        ),
        fc.option(strange, { nil: undefined }),
        { maxKeys: 3 },
      ),
    )
    .map(([fields, damage]) => {
      const entries = Object.entries({ ...fields, ...damage }).filter(([, value]) => value !== undefined);
      return Object.fromEntries(entries) as JsonObject;
    });
}

const records: fc.Arbitrary<LegacyRecords> = fc.record({
  goals: fc
    .dictionary(goalId, damaged(references.map((tasks) => aGoal('GOAL-0001', tasks as string[]))))
    .map((all) => recordsIn(new Map(Object.entries(all)))),
  tasks: fc
    .dictionary(
      taskId,
      damaged(
        fc
          .tuple(goalId, references, fc.constantFrom('pending', 'completed'))
          .map(([goal, dependencies, status]) => aTask('TASK-0001', goal, { dependencies, status })),
      ),
    )
    .map((all) => recordsIn(new Map(Object.entries(all)))),
  counters: fc.record({ goal: fc.nat(10), task: fc.nat(10) }, { requiredKeys: [] }),
});

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, child]) => [key, ...strings(child)])
    : [];
}

/** What the schema and test/support/invariants.ts ask of rows. */
function broken({ goals, tasks, highest }: Checked): string[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const goalIds = new Map(goals.map((goal) => [goal.id, goal]));
  const wrong: string[] = [];
  const hold = (rule: string, holds: boolean) => holds || wrong.push(rule);
  hold('each goal once', goalIds.size === goals.length);
  hold('each task once', byId.size === tasks.length);
  hold(
    'text that can be stored',
    strings([goals, tasks]).every((text) => unstorable(text) === undefined),
  );
  for (const goal of goals) {
    const own = tasks.filter((task) => task.goal_id === goal.id);
    const open = own.filter((task) => task.status !== 'completed');
    hold('counts', goal.total_tasks === own.length && goal.open_tasks === open.length);
    hold('a goal in progress has something open', goal.status !== 'in_progress' || own.length === 0 || open.length > 0);
    hold('description', goal.description.trim() !== '' && goal.description.length <= limits.description);
    hold(
      'metadata is an object',
      typeof goal.metadata === 'object' && !Array.isArray(goal.metadata) && goal.metadata !== null,
    );
    hold('numbers', goal.number <= highest.goal);
  }
  for (const task of tasks) {
    const goal = goalIds.get(task.goal_id);
    hold('has a goal', goal !== undefined);
    hold('completed_at', (task.completed_at !== null) === (task.status === 'completed'));
    hold(
      'dependencies are there',
      task.dependencies.every((id) => byId.has(id) && id !== task.id),
    );
    hold('each dependency once', new Set(task.dependencies).size === task.dependencies.length);
    hold(
      'open dependencies',
      task.open_dependencies === task.dependencies.filter((id) => byId.get(id)?.status !== 'completed').length,
    );
    hold(
      'parked',
      task.parked === (task.status !== 'completed' && ['completed', 'cancelled'].includes(goal?.status ?? '')),
    );
    hold('numbers', task.number <= highest.task);
    hold('no cycle', !reaches(task.id, task.dependencies, byId));
  }
  return wrong;
}

function reaches(target: string, from: string[], byId: Map<string, { dependencies: string[] }>): boolean {
  const seen = new Set<string>();
  const waiting = [...from];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (id === target) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    waiting.push(...(byId.get(id)?.dependencies ?? []));
  }
  return false;
}

describe('any records', () => {
  it('become rows that keep every rule, none is lost, and the report can be stored', () => {
    fc.assert(
      fc.property(records, (legacy) => {
        const checked = check(legacy);
        expect(broken(checked)).toEqual([]);
        expect(checked.tasks).toHaveLength(legacy.tasks.heads.size);
        expect(checked.goals.length).toBeGreaterThanOrEqual(legacy.goals.heads.size);
        expect(strings(checked.changes).map(unstorable)).toEqual(strings(checked.changes).map(() => undefined));
      }),
      { numRuns: 3000 },
    );
  });

  it('give the same rows from the rows that they became', () => {
    fc.assert(
      fc.property(records, (legacy) => {
        const first = check(legacy);
        const tasksOf = (goal: string) => first.tasks.filter((task) => task.goal_id === goal).map((task) => task.id);
        const again = check({
          goals: recordsIn(
            new Map(
              first.goals.map(({ number, exists, total_tasks, open_tasks, ...goal }) => [
                goal.id,
                { ...goal, tasks: tasksOf(goal.id) },
              ]),
            ),
          ),
          tasks: recordsIn(
            new Map(
              first.tasks.map(({ number, exists, open_dependencies, parked, ...task }) => [
                task.id,
                task as unknown as JsonObject,
              ]),
            ),
          ),
          counters: first.highest,
        });
        expect({ goals: again.goals, tasks: again.tasks }).toEqual({ goals: first.goals, tasks: first.tasks });
        expect(again.changes.filter((change) => change.kind !== 'timestamp')).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});
