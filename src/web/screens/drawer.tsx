import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { TaskStatus } from '../../domain/task-status.ts';
import { deleteTask } from '../goal/actions.ts';
import { signOf } from '../goal/columns.ts';
import { changesSeen, readTasks, shown } from '../goal/store.ts';
import type { WholeTask } from '../goal/whole-task.ts';
import { Editable } from '../parts/editable.tsx';
import { Sign } from '../parts/sign.tsx';
import { Failure, Id, Skeleton } from '../parts/small.tsx';
import { useAgain } from '../state/again.ts';
import { get, Refusal, wordsOf } from '../state/request.ts';
import { closeTask } from '../state/router.ts';
import { mayWrite } from '../state/session.ts';
import { tellError } from '../state/toasts.ts';
import { texts } from '../texts.ts';
import { Criteria } from './criteria.tsx';
import { Dependencies } from './dependencies.tsx';
import { History } from './history.tsx';
import { Notes } from './notes.tsx';
import { revisionOf, TaskFields } from './task-fields.tsx';

const words = texts.task;

/** A task whole, on the right of its goal. */
export function Drawer({ id }: { id: string }) {
  const [task, setTask] = useState<WholeTask>();
  const [error, setError] = useState<string>();
  const ref = useRef<HTMLElement>(null);
  const isThere = useRef(false);
  const read = useCallback(() => {
    get<WholeTask>(`/tasks/${encodeURIComponent(id)}?full=true`).then(
      (found) => {
        setTask(found);
        setError(undefined);
        isThere.current = true;
        again.succeeded();
      },
      (failure) => {
        // what one typed stays while the service is away
        if (again.failed(failure) && isThere.current) return;
        setError(failure instanceof Refusal && failure.status === 404 ? words.gone : wordsOf(failure));
      },
    );
  }, [id]);
  const again = useAgain(read);
  useEffect(read, [id, changesSeen.value]);
  useLayoutEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    ref.current?.focus();
    return () => {
      if (before?.isConnected) before.focus();
      else document.querySelector<HTMLElement>(`[data-opens="${id}"]`)?.focus();
    };
  }, []);
  const changed = () => {
    read();
    void readTasks([id]).catch(() => {});
  };
  const current = shown.value.get(id);
  return (
    <aside ref={ref} class="drawer" aria-label={id} tabIndex={-1}>
      <header>
        <Sign name={current === undefined ? (task?.status ?? 'pending') : signOf(current)} />
        <Id id={id} />
        <span class="space" />
        <button type="button" class="icon" aria-label={texts.close} onClick={closeTask}>
          ✕
        </button>
      </header>
      {error !== undefined ? (
        <Failure words={error} retry={read} />
      ) : task === undefined ? (
        <Skeleton />
      ) : (
        <Body task={task} changed={changed} />
      )}
    </aside>
  );
}

function Body({ task, changed }: { task: WholeTask; changed: () => void }) {
  const { id, result } = task;
  return (
    <div class="drawer-body">
      <Description task={task} changed={changed} />
      <TaskFields task={task} changed={changed} />
      <Criteria task={task} changed={changed} />
      <Dependencies task={task} changed={changed} />
      {textOf(result) === '' && !mayWrite.value ? null : (
        <section class="result">
          <h3>{words.result}</h3>
          <Editable
            label={words.result}
            path={`/tasks/${id}`}
            sent={{ method: 'PUT', path: `/tasks/${id}/status`, body: (value) => resultBody(task.status, value) }}
            field="result"
            value={textOf(result)}
            revision={revisionOf(id)}
            read={(row) => textOf(row.result)}
            send={valueIn}
            saved={changed}
            long
          />
        </section>
      )}
      <Notes path={`/tasks/${id}`} filter={`task_id=${id}`} />
      <section>
        <h3>{words.history}</h3>
        <History filter={{ task_id: id }} short />
      </section>
      {mayWrite.value ? (
        <footer>
          <button type="button" class="danger" onClick={() => deleteTask(id).then(closeTask, tellError)}>
            {words.delete}
          </button>
        </footer>
      ) : null}
    </div>
  );
}

/** A result as a person reads and writes it: text as it is, all else as JSON. */
function textOf(result: unknown): string {
  if (result === null || result === undefined) return '';
  return typeof result === 'string' ? result : JSON.stringify(result, null, 2);
}

/** A result goes with the status, which stays. */
const resultBody = (status: TaskStatus, result: unknown) =>
  result === '' ? { status, clear_result: true } : { status, result };

function valueIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function Description({ task, changed }: { task: WholeTask; changed: () => void }) {
  return (
    <h2>
      <Editable
        label={words.description}
        path={`/tasks/${task.id}`}
        field="description"
        value={task.description}
        revision={revisionOf(task.id)}
        read={(row) => String(row.description)}
        saved={changed}
        long
      />
    </h2>
  );
}
