import { Fragment } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { TaskStatus } from '../../domain/task-status.ts';
import { deleteTask, setStatus } from '../goal/actions.ts';
import { changesSeen, readTasks, shown } from '../goal/store.ts';
import type { WholeTask } from '../goal/whole-task.ts';
import { Choice } from '../parts/choice.tsx';
import { Editable } from '../parts/editable.tsx';
import { Sign } from '../parts/sign.tsx';
import { Age, Failure, Id, Lease, Skeleton } from '../parts/small.tsx';
import { useAgain } from '../state/again.ts';
import { get, Refusal, request, wordsOf } from '../state/request.ts';
import { closeTask } from '../state/router.ts';
import { mayWrite } from '../state/session.ts';
import { tellError } from '../state/toasts.ts';
import { texts } from '../texts.ts';
import { Dependencies } from './dependencies.tsx';
import { listIn } from './details.tsx';
import { History } from './history.tsx';
import { Notes } from './notes.tsx';

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
  return (
    <aside ref={ref} class="drawer" aria-label={id} tabIndex={-1}>
      <header>
        <Sign name={shown.value.get(id)?.column === 'waiting' ? 'waiting' : (task?.status ?? 'pending')} />
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
      <Fields task={task} changed={changed} />
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

/** The revision of the row that the page has; the service refuses an older one. */
const revisionOf = (id: string) => shown.value.get(id)?.task.revision ?? 0;

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

type TextField = 'estimated_effort' | 'type' | 'repo' | 'jira_ticket' | 'goal_id';
const textFields: [TextField, string][] = [
  ['estimated_effort', words.effort],
  ['type', words.type],
  ['repo', words.repo],
  ['jira_ticket', words.ticket],
  ['goal_id', words.goal],
];

function Fields({ task, changed }: { task: WholeTask; changed: () => void }) {
  const { id, status, priority, claimed_by, lease_expires_at, created_at, completed_at } = task;
  const common = { path: `/tasks/${id}`, revision: revisionOf(id), saved: changed };
  const setPriority = (event: Event) => {
    const body = { priority: (event.currentTarget as HTMLSelectElement).value };
    request('PATCH', `/tasks/${id}`, { body }).then(changed, tellError);
  };
  return (
    <dl class="fields">
      <dt>{words.status}</dt>
      <dd>
        <Choice
          label={words.status}
          value={status}
          options={['pending', 'in_progress', 'completed', 'failed', 'blocked']}
          words={texts.status}
          change={(event) =>
            void setStatus(id, (event.currentTarget as HTMLSelectElement).value as TaskStatus).then(changed)
          }
        />
      </dd>
      {claimed_by === undefined ? null : (
        <>
          <dt>{words.holder}</dt>
          <dd class="held">
            {claimed_by} {lease_expires_at === undefined ? null : <Lease until={lease_expires_at} long />}
          </dd>
        </>
      )}
      <dt>{words.priority}</dt>
      <dd>
        <Choice
          label={words.priority}
          value={priority}
          options={['high', 'medium', 'low']}
          words={texts.priority}
          change={setPriority}
        />
      </dd>
      {textFields.map(([field, label]) => (
        <Fragment key={field}>
          <dt>{label}</dt>
          <dd>
            <Editable
              {...common}
              label={label}
              field={field}
              value={task[field] ?? ''}
              read={(row) => String(row[field] ?? '')}
            />
          </dd>
        </Fragment>
      ))}
      <dt>{words.tools}</dt>
      <dd>
        <Editable
          {...common}
          label={words.tools}
          field="tools"
          value={task.assigned_tools.join(', ')}
          read={(row) => (row.assigned_tools as string[]).join(', ')}
          send={listIn}
        />
      </dd>
      <dt>{words.created}</dt>
      <dd>
        <Age at={created_at} />
      </dd>
      {completed_at === null ? null : (
        <>
          <dt>{words.completed}</dt>
          <dd>
            <Age at={completed_at} />
          </dd>
        </>
      )}
    </dl>
  );
}
