import { call, type EvalCase } from '../case.ts';
import { something } from '../pattern.ts';

const saved = call('save_template', { name: 'release', goal_id: 'GOAL-0002', parameters: { version: '3.1' } });
const tidy = { description: 'Tidy up', tasks: [{ description: 'Look for what nobody uses' }] };

/** Work that comes again: a toolset that the default list leaves out. */
export const templates: EvalCase[] = [
  {
    says: 'We are going to do releases like GOAL-0002 again. Keep how it is broken down, under the name "release". The version, 3.1, is another one each time.',
    world: 'busy',
    accepts: [
      { tool: 'save_template', input: { name: 'release', goal_id: 'GOAL-0002', parameters: { version: '3.1' } } },
    ],
    calls: [saved],
    outcome: { see: call('list_templates'), shows: { templates: [{ name: 'release', parameters: ['version'] }] } },
  },
  {
    says: 'Which templates do we have?',
    world: 'busy',
    before: [saved],
    accepts: [{ tool: 'list_templates' }],
    calls: [call('list_templates')],
    outcome: { shows: { templates: [{ name: 'release' }] } },
  },
  {
    says: 'Start the release of version 3.2 from our template "release".',
    world: 'busy',
    before: [saved],
    accepts: [
      { tool: 'apply_template', input: { name: 'release', parameters: { version: '3.2' } } },
      { tool: 'list_templates' },
    ],
    calls: [call('apply_template', { name: 'release', parameters: { version: '3.2' } })],
    outcome: { see: call('list_goals'), shows: { goals: [{ description: 'Release 3.2' }] } },
  },
  {
    says: 'The goal of the template "tidy" should come back every Monday at nine in the morning, Berlin time.',
    world: 'busy',
    before: [call('save_template', { name: 'tidy', template: tidy })],
    accepts: [{ tool: 'recur_template', input: { name: 'tidy', rule: something, time_zone: 'Europe/Berlin' } }],
    calls: [call('recur_template', { name: 'tidy', rule: '0 9 * * MON', time_zone: 'Europe/Berlin' })],
    outcome: { shows: { recurrence: { time_zone: 'Europe/Berlin', next_at: something } } },
  },
  {
    says: 'Nobody needs the template "release" any more. Delete it.',
    world: 'busy',
    before: [saved],
    accepts: [{ tool: 'delete_template', input: { name: 'release' } }],
    calls: [call('delete_template', { name: 'release' })],
    outcome: { see: call('list_templates'), shows: { total: 0 } },
  },
];
