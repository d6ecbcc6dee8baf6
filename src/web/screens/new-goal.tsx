import { useState } from 'preact/hooks';
import { undoOf } from '../goal/actions.ts';
import { takeFocus } from '../parts/small.tsx';
import { request } from '../state/request.ts';
import { go, goalPath } from '../state/router.ts';
import { tell, tellError } from '../state/toasts.ts';
import { texts } from '../texts.ts';

const words = texts.goalList;

export function NewGoal({ done }: { done: () => void }) {
  const [text, setText] = useState('');
  const [priority, setPriority] = useState('medium');
  const create = async (event: Event) => {
    event.preventDefault();
    if (text.trim() === '') return;
    try {
      const { id } = await request<{ id: string }>('POST', '/goals', { body: { description: text.trim(), priority } });
      tell(texts.goal.created(id), { undo: undoOf(`goal_id=${id}`) });
      done();
      go(goalPath(id));
    } catch (error) {
      tellError(error);
    }
  };
  return (
    <form class="new-goal" onSubmit={create} onKeyDown={(event) => event.key === 'Escape' && done()}>
      <input
        aria-label={words.what}
        placeholder={words.what}
        value={text}
        dir="auto"
        onInput={(event) => setText(event.currentTarget.value)}
        ref={takeFocus}
      />
      <select
        aria-label={texts.task.priority}
        value={priority}
        onChange={(event) => setPriority(event.currentTarget.value)}
      >
        {(['high', 'medium', 'low'] as const).map((each) => (
          <option key={each} value={each}>
            {texts.priority[each]}
          </option>
        ))}
      </select>
      <button type="submit" class="primary">
        {words.create}
      </button>
      <button type="button" onClick={done}>
        {texts.cancel}
      </button>
    </form>
  );
}
