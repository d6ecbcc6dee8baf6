import { formatEffort } from '../../../domain/effort.ts';
import type { JsonObject } from '../../../domain/json.ts';
import type { Priority } from '../../../domain/priority.ts';
import { criteriaInText } from '../criteria-text.ts';
import { asText, Fields, isObject } from '../fields.ts';
import {
  described,
  type ForeignGoal,
  type ForeignNote,
  type ForeignPlan,
  type ForeignTask,
  type Reading,
} from '../plan.ts';
import { notOfTool, readJsonLines } from '../read-json.ts';
import { statusOf } from '../statuses.ts';

/** From Beads' 0 (critical) to 4 (backlog). */
const priorities: readonly Priority[] = ['high', 'high', 'medium', 'low', 'low'];

/** Dependencies that Beads waits for. All others only say that two issues have to do with each other. */
const waitsFor = new Set(['blocks', 'waits-for']);

const acceptance = 'acceptance_criteria';

interface Issue {
  id: string;
  fields: Fields;
  links: JsonObject[];
  parent: string | undefined;
  isEpic: boolean;
}

/**
 * Beads' `.beads/issues.jsonl`, or what `bd export` writes: an issue a line. An epic that is part of nothing is a goal, its
 * descendants are the goal's tasks; issues of no epic share one goal.
 */
export function readBeads({ files, project }: Reading): ForeignPlan {
  const plan: ForeignPlan = { goals: [], tasks: [], leftOut: [] };
  const issues: Issue[] = [];
  for (const file of files) {
    const before = issues.length + plan.leftOut.length;
    for (const { line, value } of readJsonLines(file)) {
      const list = Array.isArray(value) ? value : [value];
      for (const entry of list) {
        const issue = isObject(entry) && entry._type !== 'memory' ? issueOf(entry) : undefined;
        if (issue !== undefined) issues.push(issue);
        else
          plan.leftOut.push({ where: `line ${line}`, message: whyNot(isObject(entry) ? entry : {}), verbatim: entry });
      }
    }
    if (issues.length === 0 && plan.leftOut.length > before) {
      throw notOfTool(file.path, 'Beads', 'no line of it has an "id" and a "title"');
    }
  }
  addIssues(plan, issues, project);
  return plan;
}

function whyNot({ _type }: JsonObject): string {
  return _type === 'memory' ? 'it is a memory of Beads, not an issue' : 'it has no "id" and "title" of an issue';
}

function issueOf(entry: JsonObject): Issue | undefined {
  const id = asText(entry.id);
  if (id === undefined || asText(entry.title) === undefined) return undefined;
  const fields = new Fields(entry);
  const links = fields.objects('dependencies');
  const up = links.find((link) => linkType(link) === 'parent-child');
  return { id, fields, links, parent: up && targetOf(up), isEpic: entry.issue_type === 'epic' };
}

function linkType(link: JsonObject): string {
  return asText(link.type) ?? asText(link.dep_type) ?? asText(link.dependency_type) ?? 'blocks';
}

/** `depends_on_id` in a file, `id` in what a command answers. */
function targetOf(link: JsonObject): string {
  return asText(link.depends_on_id) ?? asText(link.id) ?? '';
}

/** The goal of issues that belong to no epic. */
const looseGoal = '(no epic)';

function addIssues(plan: ForeignPlan, issues: readonly Issue[], project: string): void {
  const byId = new Map(issues.map((issue) => [issue.id, issue]));
  const isGoal = (issue: Issue) => issue.isEpic && (issue.parent === undefined || !byId.has(issue.parent));
  for (const issue of issues) if (isGoal(issue)) plan.goals.push(goalOf(issue));
  let isLoose = false;
  for (const issue of issues) {
    if (isGoal(issue)) continue;
    const parent = issue.parent === undefined ? undefined : byId.get(issue.parent);
    const root = rootOf(issue, byId);
    const goal = isGoal(root) ? root.id : looseGoal;
    isLoose ||= goal === looseGoal;
    plan.tasks.push(taskOf(issue, { goal, parent: parent === undefined || isGoal(parent) ? undefined : parent.id }));
  }
  if (isLoose)
    plan.goals.push({ id: looseGoal, description: project, dependencies: [], notes: [], kept: [], told: [] });
}

/** The topmost issue that this one is a part of; in a circle of parts, any. */
function rootOf(issue: Issue, byId: ReadonlyMap<string, Issue>): Issue {
  const seen = new Set<Issue>();
  let root = issue;
  for (let up = byId.get(issue.parent ?? ''); up !== undefined && !seen.has(up); up = byId.get(up.parent ?? '')) {
    seen.add(up);
    root = up;
  }
  return root;
}

function goalOf(issue: Issue): ForeignGoal {
  const accepted = issue.fields.text(acceptance);
  const { status, waived: _, deferredUntil, effort, ticket, completed, kept, ...row } = rowOf(issue, accepted);
  const more: [string, string | undefined][] = [
    ['status', status === 'pending' || closedAs(status) !== undefined ? undefined : status],
    ['deferred until', deferredUntil],
    ['effort', effort],
    ['external_ref', ticket],
    ['closed', completed],
  ];
  return {
    ...row,
    status: closedAs(status),
    kept: [...kept, ...more.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]))],
  };
}

function closedAs(status: string): 'completed' | 'cancelled' | undefined {
  return status === 'completed' || status === 'cancelled' ? status : undefined;
}

function taskOf(issue: Issue, { goal, parent }: { goal: string; parent: string | undefined }): ForeignTask {
  const type = issue.fields.text('issue_type');
  const { status } = statusOf(issue.fields.text('status'));
  const { criteria, text } = criteriaInText(issue.fields.text(acceptance), status);
  return { ...rowOf(issue, text), criteria, goal, parent, type: type === 'task' ? undefined : type };
}

/** `accepted`: when it is done, as far as that is no list of criteria. */
function rowOf({ id, fields, links, parent }: Issue, accepted: string | undefined) {
  fields.ignore(
    'id',
    '_type',
    'issue_type',
    'compaction_level',
    'original_size',
    'dependency_count',
    'dependent_count',
  );
  fields.ignore('comment_count', 'parent', 'content_hash');
  const raw = fields.number('priority');
  const minutes = fields.number('estimated_minutes');
  const deferredUntil = fields.text('defer_until');
  const word = fields.text('status');
  const { status, kept, told } = statusOf(word);
  const closed = fields.text('closed_at');
  const reason = fields.text('close_reason');
  return {
    id,
    description: described(
      fields.text('title') ?? '',
      ['', fields.text('description')],
      ['Design', fields.text('design')],
      ['Acceptance criteria', accepted],
    ),
    status,
    // what was deleted holds nobody up
    waived: status === 'cancelled',
    priority: raw === undefined ? undefined : priorities[raw],
    dependencies: links.filter((link) => waitsFor.has(linkType(link))).map(targetOf),
    labels: fields.texts('labels'),
    effort: minutes === undefined || minutes <= 0 ? undefined : formatEffort(minutes),
    ticket: fields.text('external_ref'),
    created: fields.text('created_at'),
    updated: fields.text('updated_at'),
    completed: closed,
    due: fields.text('due_at'),
    deferredUntil,
    notes: [...notesOf(fields), ...(reason === undefined ? [] : [{ text: `Closed: ${reason}`, at: closed }])],
    kept: [
      ...kept,
      // of five priorities three have a word here
      ...(raw === undefined || raw === 2 ? [] : [`priority: P${raw}`]),
      ...links
        .filter(
          (link) => !waitsFor.has(linkType(link)) && (linkType(link) !== 'parent-child' || targetOf(link) !== parent),
        )
        .map((link) => `${linkType(link)}: ${targetOf(link)}`),
      ...fields.kept(),
    ],
    told,
  };
}

function notesOf(fields: Fields): ForeignNote[] {
  const own = fields.text('notes');
  const comments = fields.objects('comments').flatMap((comment): ForeignNote[] => {
    const text = asText(comment.text) ?? asText(comment.content);
    return text === undefined ? [] : [{ text, actor: asText(comment.author), at: asText(comment.created_at) }];
  });
  return [...(own === undefined ? [] : [{ text: own }]), ...comments];
}
