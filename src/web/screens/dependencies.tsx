import { useState } from 'preact/hooks';
import { signOf } from '../goal/columns.ts';
import { dependents, loaded, readTasks, shown } from '../goal/store.ts';
import type { WholeTask } from '../goal/whole-task.ts';
import { Refused } from '../parts/refused.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { Sign, type SignName } from '../parts/sign.tsx';
import { request, wordsOf } from '../state/request.ts';
import { goalPath, showTask } from '../state/router.ts';
import { mayWrite } from '../state/session.ts';
import { texts } from '../texts.ts';

const words = texts.task;

/** What a task depends on, with a search for more; and what needs it. What the service refuses, it says in place. */
export function Dependencies({ task, changed }: { task: WholeTask; changed: () => void }) {
  const [error, setError] = useState<string>();
  const needing = dependents.value.get(task.id) ?? [];
  const change = async (body: object) => {
    setError(undefined);
    try {
      await request('PATCH', `/tasks/${task.id}`, { body });
    } catch (failure) {
      setError(wordsOf(failure));
      return false;
    }
    changed();
    await readTasks(needing).catch(() => {});
    return true;
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
      <SearchField
        label={words.addDependency}
        kind="task"
        isOffered={(id) => id !== task.id && !task.dependencies.includes(id)}
        choose={(id) => change({ add_dependencies: [id] })}
      >
        <Refused words={error} />
      </SearchField>
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
