import { describeCycle } from '../../domain/graph/describe-cycle.ts';
import type { GoalPlan } from '../../domain/graph/plan.ts';

/** What a reader of a plan has to know beside it, a sentence each. */
export function planWarnings({ cyclic, unblocksMost }: Pick<GoalPlan, 'cyclic' | 'unblocksMost'>): string[] {
  return [
    ...(cyclic.length > 0 ? [`These tasks wait for each other and are in no phase: ${describeCycle(cyclic)}.`] : []),
    ...(unblocksMost.isRankingExact
      ? []
      : ['The goal is too large to count behind every task: unblocks_most may miss a task. Its numbers are exact.']),
  ];
}
