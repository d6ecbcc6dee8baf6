import { answerBudget, limits } from '../domain/limits.ts';
import type { Note } from '../domain/note.ts';
import { step } from '../store/database.ts';
import { addNote as addNoteFunction } from '../store/functions/add-note.ts';
import type { Row } from '../store/statement.ts';
import { listNotesOfGoal, listNotesOfTask } from '../store/statements/list-notes.ts';
import { wordsOf } from '../store/write-words.ts';
import { type Call, change, goalNotFound, read, taskNotFound } from './call.ts';

/** Notes that are shown with their goal or task. */
const shownNotes = 5;

/** The newest notes, their text cut, and how many there are in all, up to 1,000. */
export interface NotePage {
  notes: Note[];
  total: number;
}

export type Noted = { goalId: string } | { taskId: string };

/** @throws GoalAgentError `not_found`. */
export async function addNote(call: Call, on: Noted, text: string): Promise<Note> {
  const { workspaceId, numbers } = call.store;
  const id = await numbers.take('note', 1);
  const target = 'taskId' in on ? { taskId: on.taskId, goalId: null } : { taskId: null, goalId: on.goalId };
  const words = wordsOf({ workspaceId, number: id }, { description: text });
  const { notes } = await change(call, (own) => ({
    notes: step(addNoteFunction.call, { ...own, ...target, ...words, id, text }),
  }));
  const [note] = notes;
  if (note === undefined) throw 'taskId' in on ? taskNotFound(on.taskId) : goalNotFound(on.goalId);
  return note;
}

/** The step that reads a goal's newest notes, for notePage. */
export function notesOfGoal({ store: { workspaceId } }: Call, goalId: string) {
  return step(listNotesOfGoal, { workspaceId, textLimit: answerBudget.noteText, limit: shownNotes, goalId });
}

/** The step that reads a task's newest notes, for notePage. */
export function notesOfTask({ store: { workspaceId } }: Call, taskId: string) {
  return step(listNotesOfTask, { workspaceId, textLimit: answerBudget.noteText, limit: shownNotes, taskId });
}

/** Notes that a page shows, whole. */
const mostNotes = 500;

/** The notes of a task, or of a goal and its tasks, newest first. */
export async function listNotes(call: Call, on: Noted): Promise<NotePage> {
  const page = { workspaceId: call.store.workspaceId, textLimit: limits.note, limit: mostNotes };
  const { notes } = await read(call, {
    notes: 'taskId' in on ? step(listNotesOfTask, { ...page, ...on }) : step(listNotesOfGoal, { ...page, ...on }),
  });
  return notePage(notes);
}

export function notePage(rows: Row<typeof listNotesOfGoal>[]): NotePage {
  return { notes: rows.map(noteOf), total: rows[0]?.total ?? 0 };
}

function noteOf({ total: _, text_length, ...row }: Row<typeof listNotesOfGoal>): Note {
  return row.text.length < text_length ? { ...row, text: `${row.text}…`, text_length } : row;
}
