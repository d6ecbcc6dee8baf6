import { useState } from 'preact/hooks';
import { undoOf } from '../goal/actions.ts';
import { loaded, reload } from '../goal/store.ts';
import { Refused } from '../parts/refused.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { Sign, type SignName } from '../parts/sign.tsx';
import { Progress } from '../parts/small.tsx';
import { request, wordsOf } from '../state/request.ts';
import { goalPath } from '../state/router.ts';
import { mayWrite } from '../state/session.ts';
import { tell } from '../state/toasts.ts';
import { texts } from '../texts.ts';

const words = texts.family;

/** The way from the topmost goal down to this one. */
export function Breadcrumb() {
  const above = loaded.value?.kin?.above ?? [];
  if (above.length === 0) return null;
  return (
    <nav class="breadcrumb" aria-label={words.above}>
      {above.toReversed().map(({ id, description }) => (
        <a key={id} href={goalPath(id)} title={description} dir="auto">
          <span class="mono">{id}</span> {description}
        </a>
      ))}
    </nav>
  );
}

/** The goals right below this one, each with the progress of all that is below it. */
export function SubGoals() {
  const { subGoals = [], whole } = loaded.value?.kin ?? {};
  if (subGoals.length === 0) return null;
  return (
    <section class="sub-goals" aria-label={words.subGoals}>
      {whole === undefined ? null : <p class="muted">{words.whole(whole.completed, whole.total, whole.goals)}</p>}
      <ul>
        {subGoals.map(({ id, status, description, completed, total }) => (
          <li key={id}>
            <a href={goalPath(id)}>
              <Sign name={status as SignName} />
              <span class="mono">{id}</span>
              <span class="text" dir="auto">
                {description}
              </span>
              <Progress done={completed} total={total} />
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The goal that this one is a part of, and a search for another. What the service refuses, it says in place. */
export function ParentField({ goalId, changed }: { goalId: string; changed: () => void }) {
  const [error, setError] = useState<string>();
  const parent = loaded.value?.kin?.above[0];
  const move = async (to: string) => {
    setError(undefined);
    try {
      await request('PATCH', `/goals/${goalId}`, { body: { parent_goal_id: to } });
      const said = to === '' ? words.movedOut(goalId, parent?.id ?? '') : words.movedUnder(goalId, to);
      tell(said, { undo: undoOf(`goal_id=${goalId}`) });
      await reload();
      changed();
      return true;
    } catch (failure) {
      setError(wordsOf(failure));
      return false;
    }
  };
  return (
    <div class="parent-field">
      {parent === undefined ? null : (
        <span class="parent">
          <a href={goalPath(parent.id)} dir="auto">
            <span class="mono">{parent.id}</span> {parent.description}
          </a>
          {mayWrite.value ? (
            <button type="button" class="icon" aria-label={words.takeOut(parent.id)} onClick={() => void move('')}>
              ✕
            </button>
          ) : null}
        </span>
      )}
      <SearchField
        label={words.choose}
        kind="goal"
        isOffered={(id) => id !== goalId && id !== parent?.id}
        choose={move}
      >
        <Refused words={error} />
      </SearchField>
    </div>
  );
}

/** A new goal below this one. */
export function NewSubGoal({ goalId }: { goalId: string }) {
  const [text, setText] = useState('');
  const [error, setError] = useState<string>();
  const create = async (event: Event) => {
    event.preventDefault();
    const description = text.trim();
    if (description === '') return;
    setError(undefined);
    try {
      const { id } = await request<{ id: string }>('POST', '/goals', { body: { description, parent_goal_id: goalId } });
      tell(texts.goal.created(id), { undo: undoOf(`goal_id=${id}`) });
      setText('');
      await reload();
    } catch (failure) {
      setError(wordsOf(failure));
    }
  };
  if (!mayWrite.value) return null;
  return (
    <form class="new-sub-goal" onSubmit={create}>
      <input
        type="text"
        placeholder={words.add}
        aria-label={words.add}
        value={text}
        dir="auto"
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit">{texts.goalList.create}</button>
      <Refused words={error} />
    </form>
  );
}
