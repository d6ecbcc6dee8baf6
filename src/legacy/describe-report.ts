import { type Change, type ChangeKind, type Counts, changeKinds, type ImportReport } from './report.ts';

/** The number of changes that are printed; the report has the others. */
const toldAtMost = 200;

/** The result of an import in lines: the counts, and then each change. */
export function describeReport(report: ImportReport, { atMost = toldAtMost, dryRun = false } = {}): string[] {
  const { source, timezone, found, imported, changes } = report;
  const told = changes.slice(0, atMost).map(describeChange);
  const rest = changes.length - told.length;
  return [
    `${source}: found ${counted(found)}; ${dryRun ? 'would import' : 'imported'} ${counted(imported)}`,
    `timestamps without a zone were read as ${timezone}`,
    changes.length === 0 ? 'nothing had to be changed' : `${changes.length} changes: ${summary(changes)}`,
    ...describeIds(report, atMost),
    ...told,
    ...(rest > 0 ? [`… and ${rest} more; goal-agent import report --json has all of them`] : []),
  ];
}

/** What became of another tool's IDs, and what each goal is a part of. */
export function describeIds(
  { ids, parents = {} }: Pick<ImportReport, 'ids' | 'parents'>,
  atMost = Number.POSITIVE_INFINITY,
): string[] {
  if (ids === undefined) return [];
  const all = [...Object.entries(ids.goals), ...Object.entries(ids.tasks)];
  const under = (id: string) => (parents[id] === undefined ? '' : `, under ${parents[id]}`);
  const told = all.slice(0, atMost).map(([theirs, ours]) => `${ours}: it is new, ${theirs}${under(ours)}`);
  return all.length > told.length && atMost > 0 ? [...told, `… and ${all.length - told.length} more`] : told;
}

export function describeChange({ kind, id, field, message }: Change): string {
  return `${id}${field === undefined ? '' : ` ${field}`}: ${message} [${kind}]`;
}

/** The number of each kind: `3 missing_dependency, 1 cycle`. */
function summary(changes: Change[]): string {
  const numbers = new Map<ChangeKind, number>();
  for (const { kind } of changes) numbers.set(kind, (numbers.get(kind) ?? 0) + 1);
  const kinds = Object.keys(changeKinds) as ChangeKind[];
  return kinds.flatMap((kind) => (numbers.has(kind) ? [`${numbers.get(kind)} ${kind}`] : [])).join(', ');
}

function counted({ goals, tasks, dependencies }: Counts): string {
  const count = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`;
  return [
    count(goals, 'goal', 'goals'),
    count(tasks, 'task', 'tasks'),
    count(dependencies, 'dependency', 'dependencies'),
  ].join(', ');
}
