import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useSearch } from '../state/search.ts';
import { mayWrite } from '../state/session.ts';
import { Sign, type SignName } from './sign.tsx';

/** Rows that the search offers. */
const mostFound = 8;

interface SearchFieldProps {
  label: string;
  kind: 'goal' | 'task';
  isOffered(id: string): boolean;
  /** Whether it was done: the field is empty then. */
  choose(id: string): Promise<boolean>;
  /** Between the field and what it found. */
  children?: ComponentChildren;
}

/** A field that searches for a goal or a task to choose; nothing for a reader. */
export function SearchField({ label, kind, isOffered, choose, children }: SearchFieldProps) {
  const [text, setText] = useState('');
  const found = useSearch(text, kind).filter(({ id }) => isOffered(id));
  if (!mayWrite.value) return null;
  const pick = async (id: string) => {
    if (await choose(id)) setText('');
  };
  return (
    <>
      <input
        type="text"
        placeholder={label}
        aria-label={label}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && found[0] !== undefined) void pick(found[0].id);
          if (event.key === 'Escape' && text !== '') {
            event.stopPropagation();
            setText('');
          }
        }}
      />
      {children}
      {found.length === 0 ? null : (
        <ul class="found-tasks">
          {found.slice(0, mostFound).map(({ id, status, snippet }) => (
            <li key={id}>
              <button type="button" onClick={() => void pick(id)}>
                <Sign name={(status ?? (kind === 'goal' ? 'planned' : 'pending')) as SignName} />
                <span class="mono">{id}</span>
                <span class="text" dir="auto">
                  {snippet}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
