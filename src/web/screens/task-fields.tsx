import { Fragment } from 'preact';
import type { TaskStatus } from '../../domain/task-status.ts';
import { setStatus } from '../goal/actions.ts';
import { dependents, shown } from '../goal/store.ts';
import type { WholeTask } from '../goal/whole-task.ts';
import { Choice } from '../parts/choice.tsx';
import { DateField } from '../parts/date-field.tsx';
import { Editable } from '../parts/editable.tsx';
import { Age, Lease } from '../parts/small.tsx';
import { request } from '../state/request.ts';
import { tellError } from '../state/toasts.ts';
import { texts } from '../texts.ts';
import { listIn } from './details.tsx';

const words = texts.task;

/** The revision of the row that the page has; the service refuses an older one. */
export const revisionOf = (id: string) => shown.value.get(id)?.task.revision ?? 0;

/** How the task stands on the page: a change shows here before the drawer has read the task again. */
const nowOf = (task: WholeTask) => shown.value.get(task.id)?.task ?? task;

type TextField = 'estimated_effort' | 'type' | 'repo' | 'jira_ticket' | 'goal_id';
const textFields: [TextField, string][] = [
  ['estimated_effort', words.effort],
  ['type', words.type],
  ['repo', words.repo],
  ['jira_ticket', words.ticket],
  ['goal_id', words.goal],
];

/** What is known of a task in one line each. */
export function TaskFields({ task, changed }: { task: WholeTask; changed: () => void }) {
  const { id, priority, claimed_by, lease_expires_at, created_at, completed_at } = task;
  const common = { path: `/tasks/${id}`, revision: revisionOf(id), saved: changed };
  const setPriority = (event: Event) => {
    const body = { priority: (event.currentTarget as HTMLSelectElement).value };
    request('PATCH', `/tasks/${id}`, { body }).then(changed, tellError);
  };
  const setDue = (due_at: string) => request('PATCH', `/tasks/${id}`, { body: { due_at } }).then(changed);
  return (
    <dl class="fields">
      <dt>{words.status}</dt>
      <dd>
        <Choice
          label={words.status}
          value={nowOf(task).status}
          options={['pending', 'in_progress', 'completed', 'failed', 'blocked', 'deferred', 'cancelled']}
          words={texts.status}
          change={(event) =>
            void setStatus(id, (event.currentTarget as HTMLSelectElement).value as TaskStatus).then(changed)
          }
        />
      </dd>
      <OfStatus task={task} changed={changed} />
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
      <dt>{words.labels}</dt>
      <dd>
        <Editable
          {...common}
          label={words.labels}
          field="labels"
          value={(task.labels ?? []).join(', ')}
          read={(row) => ((row.labels ?? []) as string[]).join(', ')}
          send={listIn}
        />
      </dd>
      <dt>{words.due}</dt>
      <dd>
        <DateField
          label={words.due}
          value={task.due_at ?? null}
          endOfDay
          save={(at) => setDue(at)}
          clear={() => setDue('')}
        />
      </dd>
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

/** Until when a task is deferred, and what a cancelled one means for those that need it. */
function OfStatus({ task, changed }: { task: WholeTask; changed: () => void }) {
  const { id } = task;
  const { status, defer_until = null, waived = false } = nowOf(task);
  if (status === 'deferred') {
    return (
      <>
        <dt>{words.until}</dt>
        <dd>
          <DateField
            label={words.until}
            value={defer_until}
            save={(at) => setStatus(id, 'deferred', { defer_until: at }).then(changed)}
          />
        </dd>
      </>
    );
  }
  if (status !== 'cancelled' || dependents.value.get(id) === undefined) return null;
  return (
    <>
      <dt>{words.dependents}</dt>
      <dd>
        <Choice
          label={words.dependents}
          value={waived ? 'go' : 'wait'}
          options={['wait', 'go']}
          words={words.waive}
          change={(event) => {
            const waive = (event.currentTarget as HTMLSelectElement).value === 'go';
            void setStatus(id, 'cancelled', { waive }).then(changed);
          }}
        />
      </dd>
    </>
  );
}
