/** What a column of a table may mean here. */
export type Column =
  | 'id'
  | 'title'
  | 'description'
  | 'status'
  | 'priority'
  | 'type'
  | 'dependencies'
  | 'blocks'
  | 'parent'
  | 'goal'
  | 'goal_id'
  | 'goal_status'
  | 'goal_priority'
  | 'goal_parent_id'
  | 'goal_labels'
  | 'goal_due'
  | 'goal_strict'
  | 'repo'
  | 'ticket'
  | 'effort'
  | 'tools'
  | 'labels'
  | 'criteria'
  | 'created'
  | 'updated'
  | 'completed'
  | 'due'
  | 'deferred_until'
  | 'waived'
  | 'result';

/** The names of columns, ours first; names of spreadsheets and of the exports of other tools behind them. */
const names: Readonly<Record<Column, readonly string[]>> = {
  id: ['id', 'key', 'issue key', 'task id', 'identifier', 'number', '#'],
  title: ['title', 'task', 'name', 'summary', 'subject'],
  description: ['description', 'details', 'body', 'text'],
  status: ['status', 'state'],
  priority: ['priority'],
  type: ['type', 'issue type', 'kind'],
  dependencies: ['dependencies', 'depends on', 'blocked by', 'after', 'inward issue link blocks', 'predecessors'],
  blocks: ['blocks', 'outward issue link blocks'],
  parent: ['parent', 'parent id', 'parent key', 'parent issue', 'parent task'],
  goal: ['goal', 'project', 'epic', 'milestone', 'list'],
  goal_id: ['goal id'],
  goal_status: ['goal status'],
  goal_priority: ['goal priority'],
  goal_parent_id: ['goal parent id', 'goal parent', 'parent goal id', 'parent goal'],
  goal_labels: ['goal labels'],
  goal_due: ['goal due at', 'goal due'],
  goal_strict: ['goal strict'],
  repo: ['repo', 'repository'],
  ticket: ['jira ticket', 'ticket', 'url', 'link'],
  effort: ['estimated effort', 'effort', 'estimate', 'original estimate'],
  tools: ['assigned tools', 'tools'],
  labels: ['labels', 'label', 'tags'],
  criteria: ['criteria', 'acceptance criteria', 'definition of done'],
  created: ['created at', 'created', 'created date'],
  updated: ['updated at', 'updated', 'modified'],
  completed: ['completed at', 'completed', 'done', 'resolved', 'closed at', 'completed date'],
  due: ['due at', 'due', 'due date', 'deadline'],
  deferred_until: ['defer until', 'deferred until', 'wait until', 'start date'],
  waived: ['waived'],
  result: ['result'],
};

const columnOf = new Map(Object.entries(names).flatMap(([column, all]) => all.map((name) => [name, column as Column])));

/** Columns that may be there several times: their cells are one list. */
const lists = new Set<Column>(['dependencies', 'blocks', 'labels', 'goal_labels', 'tools']);

/** What each column of a header means, by its place. Of two columns with one meaning, the better name has it. */
export function columnsOf(header: readonly string[]): Map<number, Column> {
  const columns = new Map<number, Column>();
  const takenBy = new Map<Column, number>();
  header.forEach((cell, place) => {
    const name = plainName(cell);
    const column = columnOf.get(name);
    if (column === undefined) return;
    const before = takenBy.get(column);
    if (before !== undefined && !lists.has(column)) {
      const rank = (at: number) => names[column].indexOf(plainName(header[at] ?? ''));
      if (rank(before) <= rank(place)) return;
      columns.delete(before);
    }
    takenBy.set(column, place);
    columns.set(place, column);
  });
  return columns;
}

/** `Issue key`, `issue_key` and `Custom field (Issue Key)` are one name. */
function plainName(cell: string): string {
  return cell
    .toLowerCase()
    .replace(/^\s*custom field\s*\((.*)\)\s*$/, '$1')
    .replace(/[^\p{L}\p{N}#]+/gu, ' ')
    .trim();
}
