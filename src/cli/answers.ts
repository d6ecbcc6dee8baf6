import type { Goal } from '../domain/goal.ts';
import type { Note } from '../domain/note.ts';
import type { Task } from '../domain/task.ts';
import type { TaskRow } from './render/tasks.ts';

// What the tools answer, as far as the command line shows it. Their output schemas have all of it.

export interface JsonOption {
  json?: boolean;
}

export interface Warned {
  warnings?: string[];
}

interface Noted {
  notes?: Note[];
  notes_count?: number;
}

/** How far a goal is with all goals below it. */
export interface WholeCounts {
  goals: number;
  total: number;
  completed: number;
}

export interface SubGoalRow {
  id: string;
  description: string;
  status: string;
  total: number;
  completed: number;
  goals?: number;
}

/** What is above and below a goal, where there is something. */
export interface KinAnswer {
  whole?: WholeCounts;
  parents?: { id: string; description: string }[];
  sub_goal_details?: SubGoalRow[];
}

export type GoalAnswer = Goal & Noted & Warned & KinAnswer & { task_details?: TaskRow[]; not_shown?: number };
export type TaskAnswer = Task &
  Noted &
  Warned & {
    made_ready?: string[];
    goal_status?: string;
    goal_changes?: { id: string; status: string }[];
    /** What was claimed in the same step; null where there was nothing. */
    next?: TaskRow | null;
    reason?: string;
    come_back_at?: string;
  };

export interface GoalPage {
  goals: (Goal & { whole?: WholeCounts })[];
  count: number;
  total: number;
  next_cursor?: string;
}

export interface TaskPage {
  tasks: TaskRow[];
  count: number;
  total?: number;
  next_cursor?: string;
  held_up?: { task_id: string; waits_for: string[] }[];
}
