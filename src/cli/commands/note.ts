import type { Command } from 'commander';
import type { Note } from '../../domain/note.ts';
import { addNote } from '../../tools/add-note.ts';
import type { Actions } from '../actions.ts';
import type { JsonOption } from '../answers.ts';
import { example, goalOrTask, textOrStdin, withJson } from '../arguments.ts';
import { print, printJson } from '../render/output.ts';

/** Adds `goal-agent note`. */
export function addNoteCommand(program: Command, actions: Actions): void {
  const command = program
    .command('note')
    .argument('<goal-or-task>', 'GOAL-0001 or TASK-0001', goalOrTask)
    .argument('<text>', 'the finding, decision or question; - reads it from stdin')
    .description('write something down for whoever is next');
  example(withJson(command), 'goal-agent note TASK-0001 "Keycloak speaks OIDC and can be self-hosted"').action(
    (subject: { goal_id?: string; task_id?: string }, text: string, options: JsonOption) =>
      runNote(actions, { ...subject, text }, options),
  );
}

async function runNote(
  actions: Actions,
  { text, ...subject }: { goal_id?: string; task_id?: string; text: string },
  { json }: JsonOption,
): Promise<void> {
  const whole = await textOrStdin(text);
  const note = await actions.withTools((host) => host.run<Note>(addNote, { ...subject, text: whole }));
  if (json) printJson(note);
  else print(`Noted on ${note.task_id ?? note.goal_id}.`);
}
