import type { EvalCase } from '../case.ts';
import { looking } from './look.ts';
import { planning } from './plan.ts';
import { progress } from './progress.ts';
import { templates } from './templates.ts';
import { together } from './together.ts';

/** The tasks, by the toolsets that an agent has for them. */
export const suites: readonly { toolsets: string; cases: readonly EvalCase[] }[] = [
  { toolsets: 'core,team', cases: [...looking, ...planning, ...progress, ...together] },
  { toolsets: 'core,team,templates', cases: templates },
];
