import { readMarked } from '../../../domain/criterion-text.ts';
import { GoalStatus } from '../../../domain/goal.ts';
import type { Json } from '../../../domain/json.ts';
import { readJson } from '../../../domain/json-text.ts';
import { Priority } from '../../../domain/priority.ts';
import { wordMeant } from '../../../domain/words.ts';
import { plainCell } from '../../cells.ts';
import { countedId } from '../counted-id.ts';
import { described, type ForeignGoal, type ForeignPlan, type ForeignTask, type Reading } from '../plan.ts';
import { notOfTool } from '../read-json.ts';
import { statusOf, unknownPriority } from '../statuses.ts';
import { readTable, type TableRow } from '../table.ts';
import { type Column, columnsOf } from './csv-columns.ts';

/**
 * A table with a row a task, from a spreadsheet, another tool's export, or `goal-agent export csv`. Columns are known by
 * their names in the first row, in any order.
 */
export function readCsv({ files, project }: Reading): ForeignPlan {
  const plan: ForeignPlan = { goals: [], tasks: [], leftOut: [] };
  for (const file of files) {
    const { header, rows } = readTable(file);
    const columns = columnsOf(header);
    const names = new Set(columns.values());
    if (!['title', 'description', 'id'].some((name) => names.has(name as Column))) {
      throw notOfTool(file.path, 'tasks', `its first row names no column "title" or "description"`);
    }
    const cells = rows.map((row) => new Cells(row, header, columns));
    addRows(plan, cells, project);
  }
  return plan;
}

/** The cells of one row by what they mean. */
class Cells {
  readonly line: number;
  /** `name: value` for cells whose column has no meaning here. */
  readonly rest: string[] = [];
  readonly #values = new Map<Column, string[]>();

  constructor({ line, cells }: TableRow, header: readonly string[], columns: ReadonlyMap<number, Column>) {
    this.line = line;
    cells.forEach((cell, place) => {
      if (cell.trim() === '') return;
      const column = columns.get(place);
      if (column === undefined) this.rest.push(`${header[place] ?? `column ${place + 1}`}: ${cell}`);
      else this.#values.set(column, [...(this.#values.get(column) ?? []), plainCell(cell)]);
    });
  }

  text(column: Column): string | undefined {
    return this.#values.get(column)?.join('\n');
  }

  /** A list of sentences: JSON, or as `listCell` writes some of its own, or a line each. */
  lines(column: Column): string[] {
    return (this.#values.get(column) ?? []).flatMap((cell) => {
      const json = cell.startsWith('[') ? jsonOf(cell) : undefined;
      if (Array.isArray(json)) return json.map(String);
      return cell.split('\n').filter((each) => each.trim() !== '');
    });
  }

  /** A list: JSON, or texts with commas or semicolons between them; several columns of one name are one list. */
  texts(column: Column): string[] {
    return (this.#values.get(column) ?? []).flatMap((cell) => {
      const json = cell.startsWith('[') ? jsonOf(cell) : undefined;
      if (Array.isArray(json)) return json.map(String);
      return cell
        .split(/[,;\n]/)
        .map((each) => each.trim())
        .filter((each) => each !== '');
    });
  }
}

function jsonOf(text: string): Json | undefined {
  try {
    return readJson(text) as Json;
  } catch {
    return undefined;
  }
}

function addRows(plan: ForeignPlan, rows: readonly Cells[], project: string): void {
  const goals = new Map<string, ForeignGoal>();
  const occurrences = new Map<string, number>();
  const blocked = new Map<string, string[]>();
  for (const row of rows) {
    const goal = goalOf(row, project);
    const first = goals.get(goal.id);
    if (first === undefined) goals.set(goal.id, goal);
    else tellOtherParent(first, goal, row.line);
    const description = described(row.text('title') ?? '', ['', row.text('description')]);
    const isOnlyText = row.text('title') === undefined;
    const text = isOnlyText ? (row.text('description') ?? '') : description;
    const id = row.text('id')?.trim();
    if (text === '' && id === undefined) {
      if (row.text('goal_id') === undefined)
        plan.leftOut.push({ where: `line ${row.line}`, message: 'it has no text', verbatim: row.rest.join('; ') });
      continue;
    }
    const task = taskOf(row, {
      id: id ?? countedId(`${goal.id} / ${text.split('\n')[0]?.slice(0, 150)}`, occurrences),
      goal: goal.id,
      text,
    });
    plan.tasks.push(task);
    for (const other of row.texts('blocks')) blocked.set(other, [...(blocked.get(other) ?? []), task.id]);
  }
  plan.goals.push(...goals.values());
  for (const task of plan.tasks) task.dependencies.push(...(blocked.get(task.id) ?? []));
}

/** The parent in the first row of a goal counts, as all that is said of a goal there. */
function tellOtherParent(first: ForeignGoal, { parent }: ForeignGoal, line: number): void {
  if (parent === undefined || parent === first.parent) return;
  const field = 'parent_goal_id';
  const message = `line ${line} puts it under ${parent}, and its first row under ${first.parent ?? 'no goal'}`;
  first.told.push({ kind: 'parent_left_out', field, message, verbatim: parent });
}

/** Some tables have a box where others have the time of completion. */
const ticked = /^(?:true|yes|y|x|1|✓|✔)$/i;
const unticked = /^(?:false|no|n|0)$/i;

/** The goal of rows that name none. */
const noGoal = '(no goal)';

function goalOf(row: Cells, project: string): ForeignGoal {
  const name = row.text('goal');
  const status = wordMeant(GoalStatus, row.text('goal_status'));
  return {
    id: row.text('goal_id') ?? name ?? noGoal,
    parent: row.text('goal_parent_id'),
    description: name ?? row.text('goal_id') ?? project,
    priority: wordMeant(Priority, row.text('goal_priority')),
    status: status === 'completed' || status === 'cancelled' ? status : undefined,
    labels: row.texts('goal_labels'),
    due: row.text('goal_due'),
    isStrict: ticked.test(row.text('goal_strict') ?? ''),
    dependencies: [],
    notes: [],
    kept: [],
    told: [],
  };
}

function taskOf(row: Cells, { id, goal, text }: { id: string; goal: string; text: string }): ForeignTask {
  const isTicked = ticked.test(row.text('completed') ?? '');
  const { status, kept, told } = statusOf(row.text('status') ?? (isTicked ? 'done' : undefined));
  const priority = row.text('priority');
  const result = row.text('result');
  return {
    id,
    goal,
    parent: row.text('parent'),
    description: text,
    status,
    waived: status === 'cancelled' && ticked.test(row.text('waived') ?? ''),
    priority: wordMeant(Priority, priority),
    dependencies: row.texts('dependencies'),
    type: row.text('type'),
    repo: row.text('repo'),
    ticket: row.text('ticket'),
    effort: row.text('effort'),
    tools: row.texts('tools'),
    labels: row.texts('labels'),
    criteria: row.lines('criteria').map(readMarked),
    created: row.text('created'),
    updated: row.text('updated'),
    completed: isTicked || unticked.test(row.text('completed') ?? '') ? undefined : row.text('completed'),
    due: row.text('due'),
    deferredUntil: row.text('deferred_until'),
    // text that is no JSON is a text
    result: result === undefined ? undefined : (jsonOf(result) ?? result),
    notes: [],
    kept: [...kept, ...unknownPriority(priority), ...row.rest],
    told,
  };
}
