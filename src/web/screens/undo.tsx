import { useEffect, useState } from 'preact/hooks';
import { Confirm } from '../parts/confirm.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Line, type ShownEvent } from '../parts/line.tsx';
import { Refused } from '../parts/refused.tsx';
import { Skeleton } from '../parts/small.tsx';
import { get, request, wordsOf } from '../state/request.ts';
import { tell } from '../state/toasts.ts';
import { texts } from '../texts.ts';

const words = texts.historyScreen;

interface Preview {
  operation: number;
  actor: string;
  changes: number;
  events: ShownEvent[];
  taken_back_by?: number;
  /** Why the service would refuse it now. */
  refused?: string;
}

/** Shows what an operation did, and takes it back. */
export function UndoOperation({ event, close }: { event: number; close: () => void }) {
  const [preview, setPreview] = useState<Preview>();
  const [error, setError] = useState<string>();
  const fail = (failure: unknown) => setError(wordsOf(failure));
  useEffect(() => void get<Preview>(`/board/undo?event_id=${event}`).then(setPreview, fail), [event]);
  const takeBack = async () => {
    try {
      const { event_id } = await request<{ event_id: number }>('POST', '/undo', { body: { event_id: event } });
      tell(words.undone, { undo: () => request('POST', '/undo', { body: { event_id } }) });
      close();
    } catch (failure) {
      fail(failure);
    }
  };
  return (
    <Dialog title={words.title(event)} close={close}>
      {preview === undefined ? (
        error === undefined ? (
          <Skeleton rows={4} />
        ) : null
      ) : (
        <>
          <p>{words.by(preview.actor, preview.changes)}</p>
          <ul class="changes">
            {preview.events.map((each) => (
              <Line key={each.seq} event={each} />
            ))}
          </ul>
          {preview.changes > preview.events.length ? (
            <p class="muted">{words.moreChanges(preview.changes - preview.events.length)}</p>
          ) : null}
          {preview.taken_back_by !== undefined ? (
            <p class="muted">{words.taken(preview.taken_back_by)}</p>
          ) : (
            <Refused
              words={
                error === undefined && preview.refused !== undefined ? words.wouldRefuse(preview.refused) : undefined
              }
            />
          )}
        </>
      )}
      <Refused words={error} />
      <Confirm
        label={words.confirm}
        disabled={preview === undefined || preview.taken_back_by !== undefined || preview.refused !== undefined}
        confirm={takeBack}
        close={close}
      />
    </Dialog>
  );
}

interface OwnOperation {
  operation: number;
  changes: number;
  start: ShownEvent;
}

/** Shows all that an agent did since a time, and takes it back as one operation. */
export function UndoAgent({ agent: given, close }: { agent: string; close: () => void }) {
  const [agent, setAgent] = useState(given);
  const [since, setSince] = useState('1h');
  const [found, setFound] = useState<{ operations: OwnOperation[]; refused?: string }>();
  const operations = found?.operations;
  const [error, setError] = useState<string>();
  const fail = (failure: unknown) => setError(wordsOf(failure));
  const look = async (event: Event) => {
    event.preventDefault();
    setError(undefined);
    const path = `/board/undo/agent?agent=${encodeURIComponent(agent.trim())}&since=${since}`;
    await get<{ operations: OwnOperation[]; refused?: string }>(path).then(setFound, fail);
  };
  const takeBack = async () => {
    try {
      const body = { operations: operations?.map(({ operation }) => operation) };
      const { operation } = await request<{ operation: number }>('POST', '/board/undo/agent', { body });
      tell(words.undone, { undo: () => request('POST', '/undo', { body: { event_id: operation } }) });
      close();
    } catch (failure) {
      fail(failure);
    }
  };
  return (
    <Dialog title={words.agentTitle} close={close}>
      <form class="undo-agent" onSubmit={look}>
        <label>
          {words.agent}
          <input value={agent} required onInput={(event) => setAgent(event.currentTarget.value)} />
        </label>
        <label>
          {words.since}
          <select value={since} onChange={(event) => setSince(event.currentTarget.value)}>
            {Object.entries(words.spans).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <button type="submit">{words.look}</button>
      </form>
      {operations === undefined ? null : operations.length === 0 ? (
        <p class="muted">{words.nothing}</p>
      ) : (
        <>
          <p>{words.operations(operations.length)}</p>
          <ul class="changes">
            {operations.slice(0, 100).map(({ operation, changes, start }) => (
              <span key={operation}>
                <Line event={start} />
                {changes > 1 ? <small class="muted">{words.changesMore(changes)}</small> : null}
              </span>
            ))}
          </ul>
        </>
      )}
      <Refused words={error ?? (found?.refused === undefined ? undefined : words.wouldRefuse(found.refused))} />
      <Confirm
        label={words.confirm}
        disabled={operations === undefined || operations.length === 0 || found?.refused !== undefined}
        confirm={takeBack}
        close={close}
      />
    </Dialog>
  );
}
