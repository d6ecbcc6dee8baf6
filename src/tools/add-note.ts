import { z } from 'zod';
import { GoalAgentError } from '../domain/errors.ts';
import { GoalId, TaskId } from '../domain/ids.ts';
import { answerBudget, limits } from '../domain/limits.ts';
import { Note } from '../domain/note.ts';
import { text } from '../domain/text.ts';
import { addNote as add, type Noted } from '../service/notes.ts';
import { cutText } from './answers/answers.ts';
import { adds, defineTool } from './define/define-tool.ts';

export const addNote = defineTool({
  name: 'add_note',
  description: 'Write down a finding, decision or question on a goal or task, for whoever is next.',
  input: z.strictObject({ goal_id: GoalId.optional(), task_id: TaskId.optional(), text: text(limits.note) }),
  output: Note.pick({ id: true, created_at: true }),
  whole: Note,
  hints: adds,
  async run(context, { goal_id, task_id, text }) {
    const note = await add(await context.open(), subjectOf(goal_id, task_id), text);
    if (!context.isWhole) return { id: note.id, created_at: note.created_at };
    const shown = cutText(note.text, answerBudget.listText);
    return { ...note, text: shown, ...(shown !== note.text && { text_length: text.length }) };
  },
});

function subjectOf(goalId: string | undefined, taskId: string | undefined): Noted {
  if (taskId !== undefined && goalId === undefined) return { taskId };
  if (goalId !== undefined && taskId === undefined) return { goalId };
  throw new GoalAgentError('invalid', 'add_note: give either goal_id or task_id, to say what the note is on.');
}
