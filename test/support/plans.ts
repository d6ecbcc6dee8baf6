/** A node of a plan, as `explain (format json)` gives it. */
export interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  Plans?: PlanNode[];
}

export const largeTables = [
  ...['goals', 'goal_repos', 'tasks', 'task_dependencies', 'claims', 'events', 'operations', 'notes', 'task_words'],
];
/** Each holds few rows of a workspace, and those are what is looked for. */
const wholeIndexes = ['tasks_ready', 'tasks_parked', 'tasks_parked_last'];

export function scansOf(node: PlanNode): PlanNode[] {
  const { Plans: plans = [], ...self } = node;
  const isScan = self['Relation Name'] !== undefined && self['Node Type'].endsWith('Scan');
  return [...(isScan ? [self] : []), ...plans.flatMap(scansOf)];
}

/** An index that is read for the workspace alone, or a table without one. */
export function readsWholeWorkspace(scan: PlanNode): boolean {
  const { 'Relation Name': table = '', 'Index Name': index, 'Index Cond': condition = '' } = scan;
  if (!largeTables.includes(table)) return false;
  if (index === undefined) return scan['Node Type'] !== 'Bitmap Heap Scan';
  return !wholeIndexes.includes(index) && /^\(workspace_id = (?:\$\d+|'?\d+'?(?:::bigint)?|\w+)\)$/.test(condition);
}
