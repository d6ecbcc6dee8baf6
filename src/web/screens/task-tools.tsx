import { useState } from 'preact/hooks';
import { addTask } from '../goal/actions.ts';
import { takeFocus } from '../parts/small.tsx';
import { useCreating } from '../state/creating.ts';
import { overlay } from '../state/overlay.ts';
import { mayWrite } from '../state/session.ts';
import { tellError } from '../state/toasts.ts';
import { texts } from '../texts.ts';
import { GoalFilter } from './goal-filter.tsx';

/** Beside the tabs of a goal: what is shown of its tasks, and new ones. */
export function TaskTools() {
  const [isNew, setNew] = useCreating();
  return (
    <span class="tools">
      {isNew ? (
        <NewTask done={() => setNew(false)} />
      ) : (
        <>
          <GoalFilter />
          {mayWrite.value ? <Buttons create={() => setNew(true)} /> : null}
        </>
      )}
    </span>
  );
}

/** The field stays open for the next task. */
function NewTask({ done }: { done: () => void }) {
  const [text, setText] = useState('');
  const add = (event: Event) => {
    event.preventDefault();
    const description = text.trim();
    if (description === '') return;
    setText('');
    addTask(description).catch((error) => {
      setText(description);
      tellError(error);
    });
  };
  return (
    <form class="new-task" onSubmit={add} onKeyDown={(event) => event.key === 'Escape' && done()}>
      <input
        aria-label={texts.goal.what}
        placeholder={texts.goal.what}
        value={text}
        dir="auto"
        onInput={(event) => setText(event.currentTarget.value)}
        ref={takeFocus}
      />
      <button type="submit" class="primary">
        {texts.goal.create}
      </button>
      <button type="button" class="icon" aria-label={texts.close} onClick={done}>
        ✕
      </button>
    </form>
  );
}

function Buttons({ create }: { create: () => void }) {
  return (
    <>
      <button type="button" onClick={() => (overlay.value = 'break-down')}>
        {texts.goal.breakDown}
      </button>
      <button type="button" class="primary" aria-label={texts.goal.create} onClick={create}>
        + {texts.goal.newTask}
      </button>
    </>
  );
}
