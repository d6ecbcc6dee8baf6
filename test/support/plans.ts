/** A node of a plan, as `explain (format json)` gives it. */
export interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  /** Of a statement that ran: rows of each loop. */
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: PlanNode[];
}

export const largeTables = [
  ...[
    'goals',
    'goal_repos',
    'goal_labels',
    'tasks',
    'task_dependencies',
    'task_labels',
    'claims',
    'events',
    'operations',
  ],
  ...['notes', 'goal_words', 'task_words', 'note_words'],
];
/** Each holds few rows of a workspace, and those are what is looked for. */
const wholeIndexes = ['tasks_ready', 'tasks_parked', 'tasks_parked_last'];

export interface Scan extends PlanNode {
  /** Whether it ends where a limit above it is reached. */
  isLimited: boolean;
}

/** What reads all of its input before it gives anything. */
const readsToEnd = ['Sort', 'Aggregate', 'Hash', 'Incremental Sort', 'WindowAgg'];

export function scansOf(node: PlanNode, isLimited = false): Scan[] {
  const { Plans: plans = [], ...self } = node;
  const type = self['Node Type'];
  const isScan = self['Relation Name'] !== undefined && type.endsWith('Scan');
  const isLimitedBelow = type === 'Limit' || (isLimited && !readsToEnd.includes(type));
  return [...(isScan ? [{ ...self, isLimited }] : []), ...plans.flatMap((plan) => scansOf(plan, isLimitedBelow))];
}

/** An index that is read for the workspace alone, or a table without one. */
export function readsWholeWorkspace(scan: PlanNode): boolean {
  const { 'Relation Name': table = '', 'Index Name': index, 'Index Cond': condition = '' } = scan;
  if (!largeTables.includes(table)) return false;
  if (index === undefined) return scan['Node Type'] !== 'Bitmap Heap Scan';
  return !wholeIndexes.includes(index) && /^\(workspace_id = (?:\$\d+|'?\d+'?(?:::bigint)?|\w+)\)$/.test(condition);
}

/** Rows of tables that a statement has looked at, those that it did not want included. */
export function rowsReadBy(plan: PlanNode): number {
  return scansOf(plan).reduce((sum, scan) => {
    const removed = (scan['Rows Removed by Filter'] ?? 0) + (scan['Rows Removed by Index Recheck'] ?? 0);
    return sum + ((scan['Actual Rows'] ?? 0) + removed) * (scan['Actual Loops'] ?? 1);
  }, 0);
}
