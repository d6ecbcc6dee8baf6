import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { ageOf, exactTime, timeLeft } from '../state/clock.ts';
import { texts } from '../texts.ts';

/** A ref for a field that somebody asked for: what is typed next is in it. `autofocus` works once in a page. */
export const takeFocus = (field: HTMLElement | null): void => field?.focus();

/** Whether the text is in the clipboard now; a client may not let the page write there. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** An ID, which a click copies. */
export function Id({ id }: { id: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = (event: MouseEvent) => {
    event.stopPropagation();
    event.preventDefault();
    void copyText(id).then((isDone) => {
      setCopied(isDone);
      setTimeout(() => setCopied(false), 1_200);
    });
  };
  return (
    <button type="button" class="id" title={texts.copyId(id)} onClick={copy}>
      {isCopied ? texts.copied : id}
    </button>
  );
}

/** How long ago, with the exact time on hover. */
export function Age({ at }: { at: string }) {
  return (
    <time dateTime={at} title={exactTime(at)}>
      {ageOf(at)}
    </time>
  );
}

/** How long a lease still runs. */
export function Lease({ until, long = false }: { until: string; long?: boolean }) {
  const left = timeLeft(until);
  const isSoon = Date.parse(until) - Date.now() < 120_000;
  const words = left === undefined ? texts.task.leaseEnded : long ? texts.task.left(left) : left;
  return (
    <time class={`lease${isSoon ? ' soon' : ''}`} dateTime={until} title={exactTime(until)}>
      {words}
    </time>
  );
}

/** Completed tasks of all. */
export function Progress({ done, total }: { done: number; total: number }) {
  if (total === 0) return <span class="muted">{texts.goalList.noTasks}</span>;
  const label = texts.goalList.done(done, total);
  return (
    <span class="progress" title={label}>
      <progress value={done} max={total} aria-label={label} />
      <span class="count" aria-hidden="true">
        {done}/{total}
      </span>
    </span>
  );
}

const address = /\bhttps?:\/\/[^\s<>"'`]+[^\s<>"'`.,;:!?)\]}]/gi;

export const hasLinks = (text: string) => text.search(address) >= 0;

/** A text as it is: markup in it is shown, and links are made of http and https alone. */
export function Linked({ text }: { text: string }) {
  const parts: ComponentChildren[] = [];
  let end = 0;
  for (const found of text.matchAll(address)) {
    parts.push(text.slice(end, found.index));
    parts.push(
      <a href={found[0]} target="_blank" rel="noopener noreferrer nofollow">
        {found[0]}
      </a>,
    );
    end = found.index + found[0].length;
  }
  return (
    <>
      {parts}
      {text.slice(end)}
    </>
  );
}

/** A command that a person copies. */
export function Command({ text }: { text: string }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <div class="command">
      <code>{text}</code>
      <button
        type="button"
        onClick={() =>
          void copyText(text).then((isDone) => {
            setCopied(isDone);
            setTimeout(() => setCopied(false), 1_200);
          })
        }
      >
        {isCopied ? texts.copied : texts.copy}
      </button>
    </div>
  );
}

/** Grey lines of the real size, once loading takes longer than a moment. */
export function Skeleton({ rows = 6 }: { rows?: number }) {
  return (
    <div class="skeleton" role="status" aria-label={texts.loading}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} />
      ))}
    </div>
  );
}

export function Failure({ words, retry }: { words: string; retry: () => void }) {
  return (
    <div class="empty" role="alert">
      <p>{words}</p>
      <button type="button" onClick={retry}>
        {texts.retry}
      </button>
    </div>
  );
}
