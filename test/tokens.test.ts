import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { contextLimits } from '../bench/tokens/limits.ts';
import { report } from '../bench/tokens/report.ts';

const root = path.resolve(import.meta.dirname, '..');
const temporary = mkdtempSync(path.join(tmpdir(), 'goal-agent-counting-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

interface Listed {
  name: string;
  description: string;
  inputSchema: object;
}
/** What clients are given, as it was reviewed. */
const listed: Listed[] = JSON.parse(readFileSync(path.join(root, 'test/mcp/__snapshots__/tools.json.txt'), 'utf8'));

/** The cells of the lines that start with these words. */
const cellsOf = (lines: string[], start: string) => {
  const line = lines.find((each) => each.startsWith(`${start}  `));
  if (line === undefined) throw new Error(`no line ${start}`);
  return line.slice(start.length).trim().split(/\s+/).map(numberOf);
};
const numberOf = (cell: string) => Number(cell.replaceAll(',', ''));
const sum = (values: (number | undefined)[]) =>
  values.reduce<number>((total, value) => total + (value ?? Number.NaN), 0);

test('npm run tokens counts every tool and a whole session, and leaves nothing behind', () => {
  const run = spawnSync(process.execPath, ['scripts/tokens.mjs'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: temporary, TEMP: temporary },
  });
  expect(run.status, run.stderr).toBe(0);
  expect(readdirSync(temporary)).toEqual([]);
  const lines = run.stdout.split('\n');
  expect(lines.filter((line) => line.length > 100 || line !== line.trimEnd())).toEqual([]);

  const definitions = listed.map(({ name, description, inputSchema }) => {
    const [, toolset, cell = ''] = lines.find((line) => line.startsWith(`${name} `))?.split(/\s+/) ?? [];
    const characters = numberOf(cell);
    expect(characters, name).toBe(`${name}${description}${JSON.stringify(inputSchema)}`.length);
    return { toolset, characters };
  });
  const [core] = cellsOf(lines, 'definitions: core');
  const [team] = cellsOf(lines, 'definitions: team');
  const [both] = cellsOf(lines, 'definitions: default (core, team)');
  expect(sum(definitions.map(({ characters }) => characters))).toBe(both);
  expect(sum(definitions.filter(({ toolset }) => toolset === 'core').map(({ characters }) => characters))).toBe(core);
  expect(sum([core, team])).toBe(both);

  const at = lines.findIndex((line) => line.startsWith('step '));
  const steps = ['create_goal', 'break_down_goal', 'claim_tasks', 'update_task_status'].map((tool) =>
    cellsOf(lines.slice(at), tool),
  );
  expect(steps.map(([calls]) => calls)).toEqual([1, 1, 1, 10]);
  expect(steps[2]?.[1]).toBe('claim_tasks{"goal_id":"GOAL-0001"}'.length);
  for (const [calls = 0, , answers] of steps) expect(answers).toBeGreaterThan(calls * 30);
  const columns = [0, 1, 2, 3].map((column) => sum(steps.map((step) => step[column])));
  expect(cellsOf(lines, 'the session').slice(0, 4)).toEqual(columns);
  expect(columns[3]).toBe(sum([columns[1], columns[2]]));
  expect(columns[3]).toBeLessThanOrEqual(contextLimits.session);
});

test('a definition counts name, description and schema, a session with them adds the instructions', () => {
  const size = { name: 'do', toolset: 'core' as const, definition: 400, outputSchema: 40, annotations: 4 };
  const step = { tool: 'do', calls: 2, request: 1_000, answer: 2_000, different: 1 };
  const lines: string[] = [];
  report({ sizes: [size], instructions: 600, session: [step] }, (line) => lines.push(line));
  expect(cellsOf(lines, 'the session with them')).toEqual([2, 1_000, 3_000, 4_000, 1_000]);
  expect(lines).toContain('text; structuredContent is other JSON in 1 answers, which a client may show instead.');
});
