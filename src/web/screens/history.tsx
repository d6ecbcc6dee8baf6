import { useCallback, useEffect, useState } from 'preact/hooks';
import { Line, type ShownEvent } from '../parts/line.tsx';
import { Age, Failure, Skeleton } from '../parts/small.tsx';
import { useAgain } from '../state/again.ts';
import { listen } from '../state/feed.ts';
import { get, wordsOf } from '../state/request.ts';
import { query, setQuery } from '../state/router.ts';
import { mayUndoAll, mayWrite } from '../state/session.ts';
import { texts } from '../texts.ts';
import { UndoAgent, UndoOperation } from './undo.tsx';

const words = texts.historyScreen;

export interface HistoryQuery {
  goal_id?: string;
  task_id?: string;
  actor?: string;
}

interface Page {
  events: ShownEvent[];
  has_more: boolean;
}

export function HistoryScreen() {
  const actor = query.value.get('actor') ?? '';
  const row = query.value.get('row') ?? '';
  const [isAgentUndo, setAgentUndo] = useState(false);
  const id = row.trim().toUpperCase();
  const ofRow: HistoryQuery = /^TASK-\d+$/.test(id) ? { task_id: id } : /^GOAL-\d+$/.test(id) ? { goal_id: id } : {};
  return (
    <div class="history-screen">
      <h1 class="hidden">{texts.history}</h1>
      <div class="filter">
        <input
          type="search"
          placeholder={words.actor}
          aria-label={words.actor}
          value={actor}
          onInput={(event) => setQuery({ actor: event.currentTarget.value })}
        />
        <input
          type="search"
          placeholder={words.goal}
          aria-label={words.goal}
          value={row}
          onInput={(event) => setQuery({ row: event.currentTarget.value })}
        />
        {mayUndoAll.value ? (
          <button type="button" onClick={() => setAgentUndo(true)}>
            {words.agentUndo}
          </button>
        ) : null}
      </div>
      <History filter={{ ...ofRow, ...(actor.trim() !== '' && { actor: actor.trim() }) }} />
      {isAgentUndo ? <UndoAgent agent={actor.trim()} close={() => setAgentUndo(false)} /> : null}
    </div>
  );
}

/** What happened, newest first, an operation a block. */
export function History({ filter, short = false }: { filter: HistoryQuery; short?: boolean }) {
  const [events, setEvents] = useState<ShownEvent[]>();
  const [error, setError] = useState<string>();
  const [hasMore, setMore] = useState(false);
  const [undoing, setUndoing] = useState<number>();
  const address = new URLSearchParams(filter as Record<string, string>).toString();
  const read = useCallback(
    async (after: ShownEvent[] = []) => {
      const last = after.at(-1);
      const from = last === undefined ? '' : `&operation=${last.operation}&seq=${last.seq}`;
      try {
        const found = await get<Page>(`/board/history?${address}${from}`);
        setEvents([...after, ...found.events]);
        setMore(found.has_more);
        setError(undefined);
        again.succeeded();
      } catch (failure) {
        setError(wordsOf(failure));
        again.failed(failure);
      }
    },
    [address],
  );
  const again = useAgain(read);
  useEffect(() => {
    void read();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void read();
      }, 400);
    };
    const stop = listen({ changed: soon, lost: soon });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [read]);
  if (error !== undefined && events === undefined) return <Failure words={error} retry={() => void read()} />;
  if (events === undefined) return <Skeleton rows={10} />;
  if (events.length === 0) return <p class="empty">{address === '' ? words.empty : words.noMatch}</p>;
  return (
    <div class={`history${short ? ' short' : ''}`}>
      {operationsOf(events).map((group) => (
        <Operation key={group[0]?.seq} events={group} short={short} undo={setUndoing} />
      ))}
      {hasMore ? (
        <button type="button" class="more" onClick={() => void read(events)}>
          {texts.more}
        </button>
      ) : null}
      {undoing === undefined ? null : <UndoOperation event={undoing} close={() => setUndoing(undefined)} />}
    </div>
  );
}

function operationsOf(events: ShownEvent[]): ShownEvent[][] {
  const groups: ShownEvent[][] = [];
  for (const event of events) {
    const last = groups.at(-1);
    if (last?.[0]?.operation === event.operation) last.push(event);
    else groups.push([event]);
  }
  return groups;
}

const shownEvents = 6;

function Operation({ events, short, undo }: { events: ShownEvent[]; short: boolean; undo: (event: number) => void }) {
  const [isWhole, setWhole] = useState(false);
  const [first] = events;
  if (first === undefined) return null;
  const shown = isWhole ? events : events.slice(0, shownEvents);
  return (
    <article class="operation">
      <header>
        <span class="actor" title={first.actor}>
          {first.actor}
        </span>
        <span class="muted">
          <Age at={first.at} />
        </span>
        {mayWrite.value && !short ? (
          <button type="button" class="link" onClick={() => undo(first.operation)}>
            {words.preview}
          </button>
        ) : null}
      </header>
      <ul>
        {shown.map((event) => (
          <Line key={event.seq} event={event} short={short} />
        ))}
      </ul>
      {events.length > shown.length ? (
        <button type="button" class="link" onClick={() => setWhole(true)}>
          {words.moreChanges(events.length - shown.length)}
        </button>
      ) : null}
    </article>
  );
}
