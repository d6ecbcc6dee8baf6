import { useMemo, useState } from 'preact/hooks';
import { type ChecklistTask, parseChecklist } from '../../domain/checklist.ts';
import { writeCriterion } from '../../domain/criterion-text.ts';
import { undoOf } from '../goal/actions.ts';
import { loaded, reload } from '../goal/store.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Refused } from '../parts/refused.tsx';
import { PrioritySign, Sign } from '../parts/sign.tsx';
import { request, wordsOf } from '../state/request.ts';
import { tell } from '../state/toasts.ts';
import { texts } from '../texts.ts';

interface Created {
  first_task_id: string;
  last_task_id: string;
  created: number;
}

/** A Markdown checklist on the left, and the tasks that it comes to on the right. */
export function BreakDown({ close }: { close: () => void }) {
  const [text, setText] = useState('');
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const { subtasks, problems } = useMemo(() => parseChecklist(text), [text]);
  const create = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const goalId = loaded.value?.goal.id;
      const given = subtasks.map(({ completed: _, criteria, ...subtask }) => ({
        ...subtask,
        ...(criteria && { criteria: criteria.map(writeCriterion) }),
      }));
      const { first_task_id, created } = await request<Created>('POST', `/goals/${goalId}/tasks`, {
        body: { subtasks: given },
      });
      const undo = undoOf(`task_id=${first_task_id}`);
      await complete(subtasks.flatMap((task, place) => updateOf(task, idAfter(first_task_id, place))));
      tell(texts.goal.createdMany(created), { undo });
      await reload();
      close();
    } catch (failure) {
      setError(wordsOf(failure));
      setBusy(false);
    }
  };
  return (
    <div class="break-down">
      <p class="hint">{texts.breakDown.hint}</p>
      <div class="halves">
        <textarea
          aria-label={texts.breakDown.title}
          placeholder={texts.breakDown.placeholder}
          value={text}
          dir="auto"
          spellcheck={false}
          onInput={(event) => setText(event.currentTarget.value)}
          autofocus
        />
        <section class="preview" aria-label={texts.breakDown.preview(subtasks.length)} aria-live="polite">
          <h3>{texts.breakDown.preview(subtasks.length)}</h3>
          {problems.map(({ line, message }) => (
            <p key={`${line} ${message}`} class="problem">
              <b>{texts.breakDown.line(line)}</b> {message}.
            </p>
          ))}
          <ol>
            {subtasks.slice(0, 200).map(({ key, description, dependencies, estimated_effort, priority, completed }) => (
              <li key={key}>
                <Sign name={completed ? 'completed' : dependencies.length > 0 ? 'waiting' : 'pending'} />
                <span class="text" dir="auto">
                  {description}
                </span>
                {priority === undefined ? null : <PrioritySign priority={priority} />}
                <span class="muted effort">{estimated_effort}</span>
                {dependencies.length === 0 ? null : (
                  <span class="muted waits">
                    {texts.goal.waitsFor(dependencies.map((each) => titleOf(each, subtasks)))}
                  </span>
                )}
              </li>
            ))}
          </ol>
        </section>
      </div>
      <Refused words={error} />
      <Confirm
        label={texts.breakDown.create(subtasks.length)}
        disabled={isBusy || subtasks.length === 0 || problems.length > 0}
        confirm={create}
        close={close}
      />
    </div>
  );
}

function titleOf(key: string, subtasks: { key: string; description: string }[]): string {
  const text = subtasks.find((each) => each.key === key)?.description ?? key;
  return text.length > 24 ? `${text.slice(0, 24)}…` : text;
}

/** IDs follow the order of the list. */
function idAfter(first: string, place: number): string {
  return `TASK-${String(Number(first.slice(5)) + place).padStart(4, '0')}`;
}

/** What the list says is done of a task: the task, and criteria of it. What only a person meets is left to be ticked. */
function updateOf({ completed, criteria = [] }: ChecklistTask, task_id: string): object[] {
  const criteria_met = criteria.flatMap(({ met, human, text }) => (met && !human ? [text] : []));
  if (!completed && criteria_met.length === 0) return [];
  return [{ task_id, status: completed ? 'completed' : 'pending', criteria_met }];
}

/** Dependencies come first in the list, so each is completed before the task that needs it. */
async function complete(updates: object[]): Promise<void> {
  for (let from = 0; from < updates.length; from += 500) {
    await request('POST', '/batches/status', { body: { updates: updates.slice(from, from + 500) } });
  }
}
