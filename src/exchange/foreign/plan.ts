import type { NewCriterion } from '../../domain/criterion-text.ts';
import type { Json } from '../../domain/json.ts';
import type { Priority } from '../../domain/priority.ts';
import type { TaskStatus } from '../../domain/task-status.ts';
import type { ChangeKind } from '../../legacy/report.ts';

/** What another tool's files hold, in our words and with that tool's IDs. Times are as the files have them. */
export interface ForeignPlan {
  goals: ForeignGoal[];
  tasks: ForeignTask[];
  /** Entries that are neither a goal nor a task of ours. */
  leftOut: LeftOut[];
}

interface ForeignRow {
  /** The tool's own ID, unique among the goals or the tasks of the plan. */
  id: string;
  description: string;
  priority?: Priority | undefined;
  created?: string | undefined;
  updated?: string | undefined;
  notes: ForeignNote[];
  /** `field: value` for what has no place of its own here. It becomes one note. */
  kept: string[];
  /** What was not as it should be. */
  told: Told[];
}

export interface ForeignGoal extends ForeignRow {
  /** The ID of the goal that it is a part of. */
  parent?: string | undefined;
  /** Where the file says so; otherwise the goal's tasks and sub-goals decide. */
  status?: 'completed' | 'cancelled' | undefined;
  labels?: string[] | undefined;
  due?: string | undefined;
  /** Whether its tasks are completed only when their criteria are met. */
  isStrict?: boolean | undefined;
  /** IDs of tasks and goals that all of its tasks wait for. */
  dependencies: string[];
}

export interface ForeignTask extends ForeignRow {
  /** The ID of its goal in the plan. */
  goal: string;
  /** The ID of the task that it is a part of. */
  parent?: string | undefined;
  status: TaskStatus;
  /** IDs of tasks; a goal's ID stands for all of its tasks. */
  dependencies: string[];
  type?: string | undefined;
  repo?: string | undefined;
  ticket?: string | undefined;
  effort?: string | undefined;
  tools?: string[] | undefined;
  labels?: string[] | undefined;
  criteria?: ForeignCriterion[] | undefined;
  completed?: string | undefined;
  due?: string | undefined;
  deferredUntil?: string | undefined;
  /** Of a cancelled task: those that depend on it do not wait for it. */
  waived?: boolean | undefined;
  result?: Json | undefined;
}

export interface ForeignCriterion extends NewCriterion {
  isMet: boolean;
}

export interface ForeignNote {
  text: string;
  actor?: string | undefined;
  at?: string | undefined;
}

export interface Told {
  kind: ChangeKind;
  field: string;
  message: string;
  verbatim?: unknown;
}

export interface LeftOut {
  /** The entry's ID, or its line. */
  where: string;
  message: string;
  verbatim?: unknown;
}

/** One file of a tool, its path as it is told to people. */
export interface SourceFile {
  path: string;
  text: string;
}

/** What a tool's files are read with. */
export interface Reading {
  files: readonly SourceFile[];
  /** The name of the project that the files belong to. */
  project: string;
}

/** Sections of a description, each under its heading; empty ones are left out. */
export function described(title: string, ...sections: [heading: string, text: string | undefined][]): string {
  const parts = sections.flatMap(([heading, text]) =>
    text === undefined || text.trim() === '' || text.trim() === title.trim()
      ? []
      : [heading === '' ? text.trim() : `${heading}:\n${text.trim()}`],
  );
  return [title.trim(), ...parts].filter((part) => part !== '').join('\n\n');
}
