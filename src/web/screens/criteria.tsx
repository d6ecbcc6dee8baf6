import { useState } from 'preact/hooks';
import type { WholeCriterion, WholeTask } from '../goal/whole-task.ts';
import { request } from '../state/request.ts';
import { mayWrite, session } from '../state/session.ts';
import { tellError } from '../state/toasts.ts';
import { texts } from '../texts.ts';

const words = texts.criteria;

/** When a task is done, as a checklist. What only a person meets is locked for everybody else, with a word why. */
export function Criteria({ task, changed }: { task: WholeTask; changed: () => void }) {
  const { id, criteria = [] } = task;
  const [text, setText] = useState('');
  if (criteria.length === 0 && !mayWrite.value) return null;
  const change = (body: Record<string, string[]>) =>
    request('PATCH', `/tasks/${id}`, { body }).then(changed, (error) => {
      // a box that was ticked stands as the service says
      changed();
      tellError(error);
    });
  return (
    <section class="criteria">
      <h3>{words.title}</h3>
      <ol>
        {criteria.map((criterion, place) => (
          <Line key={criterion.text} id={`criterion-${place + 1}`} criterion={criterion} change={change} />
        ))}
      </ol>
      {mayWrite.value ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim() !== '') void change({ add_criteria: [text.trim()] }).then(() => setText(''));
          }}
        >
          <input
            aria-label={words.add}
            placeholder={words.placeholder}
            value={text}
            dir="auto"
            onInput={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape' && text !== '') event.stopPropagation();
            }}
          />
        </form>
      ) : null}
    </section>
  );
}

interface LineProps {
  id: string;
  criterion: WholeCriterion;
  change: (body: Record<string, string[]>) => void;
}

function Line({ id, criterion: { text, human = false, met_by, met_at }, change }: LineProps) {
  const isMet = met_at !== undefined;
  const isLocked = !mayWrite.value || (human && session.value?.is_person !== true);
  const why = [
    ...(human ? [isLocked && mayWrite.value ? words.locked : words.human] : []),
    ...(isMet ? [words.metBy(met_by ?? '')] : []),
  ].join(' · ');
  return (
    <li>
      <input
        id={id}
        type="checkbox"
        checked={isMet}
        disabled={isLocked}
        aria-describedby={why === '' ? undefined : `${id}-why`}
        onChange={() => change(isMet ? { unmeet_criteria: [text] } : { meet_criteria: [text] })}
      />
      <label for={id} dir="auto">
        {text}
      </label>
      {isLocked ? null : (
        <button
          type="button"
          class="icon"
          aria-label={words.remove(text)}
          onClick={() => change({ remove_criteria: [text] })}
        >
          ✕
        </button>
      )}
      {why === '' ? null : (
        <p class="muted" id={`${id}-why`}>
          {why}
        </p>
      )}
    </li>
  );
}
