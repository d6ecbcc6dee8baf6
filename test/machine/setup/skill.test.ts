import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { instructions } from '../../../src/machine/setup/instructions.ts';
import { tools } from '../../../src/tools/index.ts';

const root = path.join(import.meta.dirname, '../../..');
const skill = readFileSync(path.join(root, 'skills/goal-agent/SKILL.md'), 'utf8');
const names = new Set(tools.map(({ name }) => name));

it.each([
  ['the skill', skill],
  ['the instructions', instructions],
])('%s: every tool that it names is there', (_, text) => {
  const named = [...text.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, name = '']) => name);
  const fields = [
    ...['claim_next', 'hand_over', 'estimated_effort', 'task_ids', 'request_id', 'wait_seconds'],
    ...['due_at', 'defer_until', 'parent_goal_id'],
  ];
  expect(named.filter((name) => !names.has(name) && !fields.includes(name))).toEqual([]);
  for (const taught of ['break_down_goal', 'claim_tasks', 'add_note', 'release_tasks']) expect(named).toContain(taught);
});

it('the skill says when to use it, in what a client reads of every skill', () => {
  expect(skill).toMatch(/^---\nname: goal-agent\ndescription: .{50,1024}\n---\n/);
});

it('the plugin of Claude Code brings the skill, and has the version of the package', () => {
  const json = (file: string) => JSON.parse(readFileSync(path.join(root, file), 'utf8'));
  const { name, owner, plugins } = json('.claude-plugin/marketplace.json');
  expect([name, owner]).toEqual(['goal-agent', { name: expect.any(String) }]);
  expect(plugins).toMatchObject([{ name: 'goal-agent', source: './skills' }]);
  const plugin = json('skills/.claude-plugin/plugin.json');
  expect(plugin).toMatchObject({ name: 'goal-agent', version: json('package.json').version, skills: ['./goal-agent'] });
});
