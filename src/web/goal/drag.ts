import { draggable, dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { mayWrite } from '../state/session.ts';
import { tell } from '../state/toasts.ts';
import { texts } from '../texts.ts';
import { setStatus } from './actions.ts';
import { columnNames, mayDrop, statusOfColumn, type TaskColumn } from './columns.ts';
import { shown } from './store.ts';

/** The task that is on its way, by the mouse or by the keyboard, and the column that it is over. */
export const moving = signal<{ id: string; over: TaskColumn | undefined; byKeys: boolean } | undefined>(undefined);

/** The card that gets the focus when it is drawn. */
let wanted: { id: string; untilMs: number } | undefined;
const focusMs = 3_000;

/** What a reader of the screen hears of a move. */
export const moveWords = signal('');

export function drop(id: string, to: TaskColumn): void {
  const task = shown.value.get(id);
  if (task === undefined || task.column === to) return;
  if (!mayDrop(task, to)) tell(texts.goal.cannotDrop, { kind: 'error' });
  else void setStatus(id, statusOfColumn[to]);
}

/** Makes an element a card that can be dragged. */
export function useCard(id: string) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (wanted?.id === id && Date.now() < wanted.untilMs && document.activeElement === document.body) {
      ref.current?.querySelector<HTMLElement>('[data-opens]')?.focus();
    }
  }, [id]);
  useEffect(() => {
    const element = ref.current;
    if (element === null || !mayWrite.value) return;
    return draggable({
      element,
      getInitialData: () => ({ id }),
      onDragStart: () => {
        moving.value = { id, over: undefined, byKeys: false };
      },
      onDrop: () => {
        moving.value = undefined;
      },
    });
  }, [id, mayWrite.value]);
  return ref;
}

/** Makes an element a column that takes cards. */
export function useColumn(column: TaskColumn) {
  const ref = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const over = (at: TaskColumn | undefined) => {
      if (moving.value !== undefined) moving.value = { ...moving.value, over: at };
    };
    return dropTargetForElements({
      element,
      onDragEnter: () => over(column),
      onDragLeave: () => over(undefined),
      onDrop: ({ source }) => drop(String(source.data.id), column),
    });
  }, [column]);
  return ref;
}

/** The keys of a card: Space picks it up, arrows choose a column, Enter drops it, Escape leaves it. */
export function onCardKey(event: KeyboardEvent, id: string): void {
  const now = moving.value;
  if (now?.byKeys && now.id === id) moveByKeys(event, id, now.over);
  else if (event.key === ' ' && mayWrite.value && event.target === event.currentTarget) {
    event.preventDefault();
    const over = shown.value.get(id)?.column;
    moving.value = { id, over, byKeys: true };
    moveWords.value = texts.goal.moving(id);
  } else if (event.key.startsWith('Arrow')) focusNext(event);
}

function moveByKeys(event: KeyboardEvent, id: string, over: TaskColumn | undefined): void {
  const at = columnNames.indexOf(over ?? 'ready');
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step !== undefined) {
    const next = columnNames[Math.min(columnNames.length - 1, Math.max(0, at + step))] as TaskColumn;
    moving.value = { id, over: next, byKeys: true };
    moveWords.value = texts.goal.movedTo(texts.columns[next]);
  } else if (event.key === 'Enter' || event.key === ' ') {
    moving.value = undefined;
    moveWords.value = '';
    if (over !== undefined) drop(id, over);
    // the card is drawn anew in another column, and once more in this one where the service refuses
    wanted = { id, untilMs: Date.now() + focusMs };
  } else if (event.key === 'Escape' || event.key === 'Tab') {
    moving.value = undefined;
    moveWords.value = '';
    if (event.key === 'Tab') return;
  }
  event.preventDefault();
  event.stopPropagation();
}

/** From card to card: up and down in a column, left and right to the same height in the next one. */
function focusNext(event: KeyboardEvent): void {
  const card = event.currentTarget as HTMLElement;
  const column = card.closest('.column');
  const all = (within: Element | null | undefined) => [
    ...(within?.querySelectorAll<HTMLElement>('[data-opens]') ?? []),
  ];
  const own = all(column);
  const at = own.indexOf(card);
  let next: HTMLElement | undefined;
  if (event.key === 'ArrowDown') next = own[at + 1];
  else if (event.key === 'ArrowUp') next = own[at - 1];
  else {
    let other = column;
    const side = event.key === 'ArrowRight' ? 'nextElementSibling' : 'previousElementSibling';
    do other = other?.[side] ?? null;
    while (other !== null && all(other).length === 0);
    const cards = all(other);
    next = cards[Math.min(at, cards.length - 1)];
  }
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}
