import { texts } from '../texts.ts';

/** What a sign stands for. `waiting` is a pending task that waits for others. */
export type SignName =
  | 'pending'
  | 'waiting'
  | 'in_progress'
  | 'completed'
  | 'failed'
  | 'blocked'
  | 'planned'
  | 'cancelled'
  | 'archived'
  | 'deferred';

const shapes: Record<SignName, preact.ComponentChildren> = {
  pending: <circle cx="7" cy="7" r="5" />,
  planned: <circle cx="7" cy="7" r="5" />,
  waiting: <circle cx="7" cy="7" r="5" stroke-dasharray="2 2" />,
  in_progress: (
    <>
      <circle cx="7" cy="7" r="5" />
      <path d="M7 2a5 5 0 0 1 0 10z" class="filled" />
    </>
  ),
  completed: (
    <>
      <circle cx="7" cy="7" r="5.5" class="filled" />
      <path d="M4.6 7.2 6.3 9l3.2-3.8" class="on-fill" />
    </>
  ),
  failed: <path d="m3.5 3.5 7 7m0-7-7 7" />,
  blocked: (
    <>
      <circle cx="7" cy="7" r="5" />
      <path d="M3.6 10.4 10.4 3.6" />
    </>
  ),
  deferred: (
    <>
      <circle cx="7" cy="7" r="5" />
      <path d="M7 4v3.2l2 1.4" />
    </>
  ),
  archived: <path d="M1.5 2.5h11v3h-11zM2.5 5.5v6h9v-6M5.5 8h3" />,
  cancelled: (
    <>
      <circle cx="7" cy="7" r="5" />
      <path d="M3.6 10.4 10.4 3.6" />
    </>
  ),
};

/** A status as a sign. A reader of the screen hears its word, unless the word stands beside it. */
export function Sign({ name, silent = false }: { name: SignName; silent?: boolean }) {
  const label = texts.status[name] ?? name;
  return (
    <svg
      class={`sign ${name}`}
      viewBox="0 0 14 14"
      role="img"
      aria-label={silent ? undefined : label}
      aria-hidden={silent}
    >
      {silent ? null : <title>{label}</title>}
      {shapes[name]}
    </svg>
  );
}

/** High and low priority; medium is not shown. */
export function PrioritySign({ priority }: { priority: string }) {
  if (priority === 'medium') return null;
  const label = `${texts.task.priority}: ${texts.priority[priority] ?? priority}`;
  return (
    <svg class={`sign priority ${priority}`} viewBox="0 0 14 14" role="img" aria-label={label}>
      <title>{label}</title>
      <path class="filled" d={priority === 'high' ? 'M7 3.5 11 10H3z' : 'M7 10.5 3 4h8z'} />
    </svg>
  );
}

/** ◆ */
export function CriticalSign() {
  return (
    <svg class="sign critical" viewBox="0 0 14 14" role="img" aria-label={texts.goal.critical}>
      <title>{texts.goal.critical}</title>
      <path class="filled" d="M7 3 11 7 7 11 3 7z" />
    </svg>
  );
}
