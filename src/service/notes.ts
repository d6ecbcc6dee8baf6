import { answerBudget } from '../domain/limits.ts';
import type { Note } from '../domain/note.ts';
import { step } from '../store/database.ts';
import type { Row } from '../store/statement.ts';
import { insertNoteOnGoal, insertNoteOnTask, recordNote } from '../store/statements/insert-note.ts';
import { findNote, listNotesOfGoal, listNotesOfTask } from '../store/statements/list-notes.ts';
import { lockNotedGoal, lockNotedTask } from '../store/statements/lock-noted.ts';
import { noteWords } from '../store/write-words.ts';
import { beginOperation, type Call, goalNotFound, taskNotFound } from './call.ts';

/** Notes that are shown with their goal or task. */
const shownNotes = 5;

/** The newest notes, their text cut, and how many there are in all, up to 10,000. */
export interface NotePage {
  notes: Note[];
  total: number;
}

export type Noted = { goalId: string } | { taskId: string };

/** @throws GoalAgentError `not_found`. */
export async function addNote(call: Call, on: Noted, text: string): Promise<Note> {
  const { database, workspaceId, numbers } = call.store;
  const { actor } = call;
  const [id, operation] = await Promise.all([numbers.take('note', 1), beginOperation(call, 1)]);
  const { seq } = operation;
  const [lock, insert] =
    'taskId' in on
      ? [
          step(lockNotedTask, { workspaceId, taskId: on.taskId }),
          step(insertNoteOnTask, { workspaceId, id, taskId: on.taskId, actor, text }),
        ]
      : [
          step(lockNotedGoal, { workspaceId, goalId: on.goalId }),
          step(insertNoteOnGoal, { workspaceId, id, goalId: on.goalId, actor, text }),
        ];
  const steps = [
    lock,
    insert,
    step(recordNote, { workspaceId, id, seq, actor }),
    step(findNote, { workspaceId, textLimit: answerBudget.json, id }),
    noteWords(workspaceId, [{ id, text }]),
  ] as const;
  const [, , , [row]] = await database.write(operation, steps, { signal: call.signal });
  if (row === undefined) throw 'taskId' in on ? taskNotFound(on.taskId) : goalNotFound(on.goalId);
  return noteOf(row);
}

/** The step that reads a goal's newest notes, for notePage. */
export function notesOfGoal({ store: { workspaceId } }: Call, goalId: string) {
  return step(listNotesOfGoal, { workspaceId, textLimit: answerBudget.noteText, limit: shownNotes, goalId });
}

/** The step that reads a task's newest notes, for notePage. */
export function notesOfTask({ store: { workspaceId } }: Call, taskId: string) {
  return step(listNotesOfTask, { workspaceId, textLimit: answerBudget.noteText, limit: shownNotes, taskId });
}

export function notePage(rows: Row<typeof listNotesOfGoal>[]): NotePage {
  return { notes: rows.map(noteOf), total: rows[0]?.total ?? 0 };
}

function noteOf({ total: _, text_length, ...row }: Row<typeof findNote>): Note {
  return row.text.length < text_length ? { ...row, text: `${row.text}…`, text_length } : row;
}
