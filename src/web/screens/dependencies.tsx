import { useState } from 'preact/hooks';
import { signOf } from '../goal/columns.ts';
import { dependents, loaded, readTasks, shown } from '../goal/store.ts';
import type { WholeTask } from '../goal/whole-task.ts';
import { Refused } from '../parts/refused.tsx';
import { Sign, type SignName } from '../parts/sign.tsx';
import { request, wordsOf } from '../state/request.ts';
import { goalPath, showTask } from '../state/router.ts';
import { type Found, useSearch } from '../state/search.ts';
import { mayWrite } from '../state/session.ts';
import { texts } from '../texts.ts';

const words = texts.task;

/** What a task depends on, with a search for more; and what needs it. What the service refuses, it says in place. */
export function Dependencies({ task, changed }: { task: WholeTask; changed: () => void }) {
  const [text, setText] = useState('');
  const [error, setError] = useState<string>();
  const needing = dependents.value.get(task.id) ?? [];
  const found = useSearch(text, 'task').filter(({ id }) => id !== task.id && !task.dependencies.includes(id));
  const change = async (body: object) => {
    setError(undefined);
    try {
      await request('PATCH', `/tasks/${task.id}`, { body });
      setText('');
      changed();
      await readTasks(needing).catch(() => {});
    } catch (failure) {
      setError(wordsOf(failure));
    }
  };
  return (
    <section class="dependencies">
      <h3>{words.dependsOn}</h3>
      <ul>
        {task.dependencies.map((id) => (
          <li key={id}>
            <TaskLink id={id} />
            {mayWrite.value ? (
              <button
                type="button"
                class="icon"
                aria-label={words.remove(id)}
                onClick={() => void change({ remove_dependencies: [id] })}
              >
                ✕
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {mayWrite.value ? (
        <input
          type="text"
          placeholder={words.addDependency}
          aria-label={words.addDependency}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && found[0] !== undefined) void change({ add_dependencies: [found[0].id] });
            if (event.key === 'Escape' && text !== '') {
              event.stopPropagation();
              setText('');
            }
          }}
        />
      ) : null}
      <Refused words={error} />
      <FoundTasks found={found} choose={(id) => void change({ add_dependencies: [id] })} />
      {needing.length === 0 ? null : (
        <>
          <h3>{words.neededBy}</h3>
          <ul>
            {needing.slice(0, 50).map((id) => (
              <li key={id}>
                <TaskLink id={id} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function FoundTasks({ found, choose }: { found: Found[]; choose: (id: string) => void }) {
  if (found.length === 0) return null;
  return (
    <ul class="found-tasks">
      {found.slice(0, 8).map(({ id, status, snippet }) => (
        <li key={id}>
          <button type="button" onClick={() => choose(id)}>
            <Sign name={(status ?? 'pending') as SignName} />
            <span class="mono">{id}</span>
            <span class="text" dir="auto">
              {snippet}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** A task of this goal opens in the drawer; one of another goal by its own address. */
export function TaskLink({ id }: { id: string }) {
  const now = loaded.value;
  const task = now?.tasks.get(id);
  const current = shown.value.get(id);
  const sign = current === undefined ? ((now?.outside[id] ?? 'pending') as SignName) : signOf(current);
  return (
    <a
      class="task-link"
      href={goalPath(now?.goal.id ?? '', 'board', id)}
      onClick={(event) => {
        event.preventDefault();
        showTask(id);
      }}
    >
      <Sign name={sign} />
      <span class="mono">{id}</span>
      <span class="text" dir="auto">
        {task?.description}
      </span>
    </a>
  );
}
