import { useState } from 'preact/hooks';
import { Refused } from '../parts/refused.tsx';
import { request, wordsOf } from '../state/request.ts';
import { mayWrite } from '../state/session.ts';
import { tell } from '../state/toasts.ts';
import { texts } from '../texts.ts';

const words = texts.goalList;

/** Keeps the breakdown of a goal under a name. */
export function SaveTemplate({ goalId }: { goalId: string }) {
  const [name, setName] = useState('');
  const [error, setError] = useState<string>();
  const save = async (event: Event) => {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === '') return;
    setError(undefined);
    try {
      await request('PUT', `/templates/${encodeURIComponent(wanted)}`, { body: { goal_id: goalId } });
      tell(words.savedTemplate(wanted));
      setName('');
    } catch (failure) {
      setError(wordsOf(failure));
    }
  };
  if (!mayWrite.value) return null;
  return (
    <form class="new-sub-goal" onSubmit={save}>
      <input
        type="text"
        placeholder={words.saveTemplate}
        aria-label={words.saveTemplate}
        value={name}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <button type="submit">{words.save}</button>
      <Refused words={error} />
    </form>
  );
}
