import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runMeasured } from './run-measured.ts';

const size = { goals: 10_000, tasksPerGoal: 10 };

/**
 * How long the files of v2 with 10,000 goals and 100,000 tasks take to import into an empty database, and the most
 * memory that the program takes for it: a process of its own, from start to end, its embedded PostgreSQL's start included.
 */
export async function benchImport(print: (line: string) => void): Promise<void> {
  const directory = mkdtempSync(path.join(tmpdir(), 'goal-agent-bench-'));
  try {
    const dependencies = writeV2Files(directory);
    const { seconds, megabytes } = await runMeasured(['import', 'v2', directory], {
      GOAL_AGENT_HOME: path.join(directory, 'home'),
    });
    const tasks = size.goals * size.tasksPerGoal;
    const what = `${count(size.goals)} goals, ${count(tasks)} tasks, ${count(dependencies)} dependencies`;
    print(`import the files of v2, ${what}: ${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** In the form of v2.3; gives back how many dependencies there are. */
function writeV2Files(directory: string): number {
  const goals: Record<string, unknown> = {};
  const tasks: Record<string, unknown> = {};
  let dependencies = 0;
  for (let goal = 1; goal <= size.goals; goal += 1) {
    const goalId = id('GOAL', goal);
    const first = (goal - 1) * size.tasksPerGoal + 1;
    const numbers = Array.from({ length: size.tasksPerGoal }, (_, place) => first + place);
    goals[goalId] = aGoal(
      goalId,
      numbers.map((number) => id('TASK', number)),
    );
    for (const number of numbers) {
      const waitsFor = [number - 1, number - 3].filter((each) => each >= first).map((each) => id('TASK', each));
      dependencies += waitsFor.length;
      tasks[id('TASK', number)] = aTask(id('TASK', number), goalId, waitsFor);
    }
  }
  write(path.join(directory, 'goals.json'), goals);
  write(path.join(directory, 'tasks.json'), tasks);
  write(path.join(directory, 'counters.json'), { goal: size.goals, task: size.goals * size.tasksPerGoal });
  return dependencies;
}

const times = { created_at: '2026-11-22T16:21:40.323896', updated_at: '2026-11-22T16:21:40.331179' };
const prose = 'Implement the endpoints of the login, with tests, and write down what an operator has to know — ';

function aGoal(goalId: string, tasks: string[]) {
  const metadata = { jira_epic: 'PROJ-100', owner: 'data-team' };
  return {
    id: goalId,
    description: `${prose}${goalId}`,
    priority: 'high',
    status: 'in_progress',
    repos: ['backend'],
    tasks,
    ...times,
    metadata,
  };
}

function aTask(taskId: string, goalId: string, dependencies: string[]) {
  return {
    id: taskId,
    goal_id: goalId,
    description: `${prose}${taskId}`,
    type: 'code',
    status: dependencies.length === 0 ? 'completed' : 'pending',
    priority: 'medium',
    dependencies,
    repo: 'backend',
    jira_ticket: null,
    estimated_effort: '2d',
    assigned_tools: ['github'],
    ...times,
    completed_at: dependencies.length === 0 ? times.updated_at : null,
    result: dependencies.length === 0 ? { summary: 'done', links: ['https://example.com/a'] } : null,
  };
}

function id(prefix: string, number: number): string {
  return `${prefix}-${String(number).padStart(4, '0')}`;
}

function write(file: string, content: unknown): void {
  writeFileSync(file, JSON.stringify(content, null, 2));
}

function count(number: number): string {
  return number.toLocaleString('en');
}
