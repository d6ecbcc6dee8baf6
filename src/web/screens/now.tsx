import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import { Due } from '../parts/due.tsx';
import { PrioritySign, Sign, type SignName } from '../parts/sign.tsx';
import { Age, Failure, Lease, Skeleton } from '../parts/small.tsx';
import { Again } from '../state/again.ts';
import { listen } from '../state/feed.ts';
import { get, wordsOf } from '../state/request.ts';
import { goalPath, place } from '../state/router.ts';
import { texts } from '../texts.ts';

interface NowTask {
  id: string;
  goal_id: string;
  description: string;
  status: string;
  priority?: string;
  claimed_by?: string | null;
  lease_expires_at?: string | null;
  at?: string;
  due_at?: string;
  total: number;
}

/** A name that somebody holds, as `src/auth/**`. */
interface HeldName {
  name: string;
  holder: string;
  shared: boolean;
  expires_at: string;
}

interface Briefing {
  current: NowTask[];
  ready: NowTask[];
  finished: NowTask[];
  /** Late, or due within a week: tasks and goals. Left out where nobody counts them. */
  due?: NowTask[];
  held?: HeldName[];
}

const words = texts.nowScreen;
const briefing = signal<Briefing | undefined>(undefined);
const error = signal<string | undefined>(undefined);
let timer: ReturnType<typeof setTimeout> | undefined;

async function load(): Promise<void> {
  try {
    briefing.value = await get<Briefing>('/board/now?since=8h');
    error.value = undefined;
    again.succeeded();
  } catch (failure) {
    error.value = wordsOf(failure);
    again.failed(failure);
  }
}
const again = new Again(load);

function loadSoon(): void {
  if (place.value.screen !== 'now' || timer !== undefined) return;
  timer = setTimeout(() => {
    timer = undefined;
    void load();
  }, 400);
}
listen({ changed: loadSoon, lost: loadSoon });

/** One screen for a wall: who does what, and what has just happened. */
export function NowScreen() {
  useLayoutEffect(() => void load(), []);
  const now = briefing.value;
  if (now === undefined) {
    return error.value === undefined ? (
      <Skeleton rows={10} />
    ) : (
      <Failure words={error.value} retry={() => void load()} />
    );
  }
  const working = now.current.filter(({ status }) => status === 'in_progress');
  const names = now.held ?? [];
  const holders = byHolder(working, names);
  const stuck = now.current.filter(({ status }) => status !== 'in_progress');
  const stuckTotal =
    totalOf(stuck.filter(({ status }) => status === 'failed')) +
    totalOf(stuck.filter(({ status }) => status === 'blocked'));
  return (
    <div class="now-screen">
      <h1 class="hidden">{texts.now}</h1>
      <Panel
        title={words.agents}
        count={words.holding(holders.length, totalOf(working))}
        isEmpty={holders.length === 0}
        empty={words.noAgents}
        wide
      >
        {holders.map(([holder, tasks]) => (
          <section key={holder} class="agent" aria-label={holder === '' ? words.nobody : holder}>
            <h3>{holder === '' ? words.nobody : holder}</h3>
            <ul>
              {tasks.map((task) => (
                <Row key={task.id} task={task}>
                  {task.lease_expires_at == null ? null : <Lease until={task.lease_expires_at} />}
                </Row>
              ))}
              {names
                .filter((held) => held.holder === holder)
                .map(({ name, shared, expires_at }) => (
                  <li key={name} class="now-row">
                    <span class="text mono" title={name}>
                      {name}
                    </span>
                    <span class="when">
                      {shared ? `${words.shared} ` : ''}
                      <Lease until={expires_at} />
                    </span>
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </Panel>
      <Panel
        title={words.stuck}
        count={words.ofMany(stuck.length, stuckTotal)}
        isEmpty={stuck.length === 0}
        empty={words.noStuck}
      >
        <ul>
          {stuck.map((task) => (
            <Row key={task.id} task={task}>
              {task.at === undefined ? null : <Age at={task.at} />}
            </Row>
          ))}
        </ul>
      </Panel>
      {now.due === undefined || now.due.length === 0 ? null : (
        <Panel title={words.due} count={words.ofMany(now.due.length, totalOf(now.due))} isEmpty={false} empty="">
          <ul>
            {now.due.map((task) => (
              <Row key={task.id} task={task}>
                {task.due_at === undefined ? null : <Due at={task.due_at} isClosed={false} />}
              </Row>
            ))}
          </ul>
        </Panel>
      )}
      <Panel
        title={words.ready}
        count={words.ofMany(now.ready.length, totalOf(now.ready))}
        isEmpty={now.ready.length === 0}
        empty={words.noReady}
      >
        <ul>
          {now.ready.map((task) => (
            <Row key={task.id} task={task} />
          ))}
        </ul>
      </Panel>
      <Panel
        title={words.finished}
        count={words.ofMany(now.finished.length, totalOf(now.finished))}
        isEmpty={now.finished.length === 0}
        empty={words.noFinished}
      >
        <ul>
          {now.finished.map((task) => (
            <Row key={task.id} task={task}>
              {task.at === undefined ? null : <Age at={task.at} />}
            </Row>
          ))}
        </ul>
      </Panel>
    </div>
  );
}

/** The counts of a list stand beside each of its rows. */
const totalOf = (tasks: NowTask[]) => tasks[0]?.total ?? 0;

/** Whose lease ends first comes first; who holds names alone, and what nobody holds, come last. */
function byHolder(tasks: NowTask[], names: HeldName[]): [string, NowTask[]][] {
  const groups = new Map<string, NowTask[]>(names.map(({ holder }) => [holder, []]));
  for (const task of tasks) groups.set(task.claimed_by ?? '', [...(groups.get(task.claimed_by ?? '') ?? []), task]);
  const firstEnd = (list: NowTask[]) => list.map((task) => task.lease_expires_at ?? '~').sort()[0] ?? '~';
  for (const list of groups.values()) list.sort((a, b) => firstEnd([a]).localeCompare(firstEnd([b])));
  return [...groups].sort(([, a], [, b]) => firstEnd(a).localeCompare(firstEnd(b)));
}

function Panel({
  title,
  count,
  isEmpty,
  empty,
  wide = false,
  children,
}: {
  title: string;
  count: string;
  isEmpty: boolean;
  empty: string;
  wide?: boolean;
  children: ComponentChildren;
}) {
  return (
    <section class={`panel${wide ? ' wide' : ''}`} aria-label={title}>
      <h2>
        {title} <span class="count">{count}</span>
      </h2>
      {isEmpty ? <p class="muted nothing">{empty}</p> : children}
    </section>
  );
}

function Row({ task, children }: { task: NowTask; children?: ComponentChildren }) {
  const { id, goal_id, description, status, priority } = task;
  return (
    <li class="now-row">
      <Sign name={status as SignName} />
      <a class="mono" href={id === goal_id ? goalPath(goal_id) : goalPath(goal_id, 'board', id)}>
        {id}
      </a>
      {priority === undefined ? null : <PrioritySign priority={priority} />}
      <span class="text" dir="auto" title={description}>
        {description}
      </span>
      <span class="when">{children}</span>
    </li>
  );
}
