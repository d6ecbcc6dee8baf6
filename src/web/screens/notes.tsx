import { useState } from 'preact/hooks';
import type { WholeNote } from '../goal/whole-task.ts';
import { Age, Linked } from '../parts/small.tsx';
import { request } from '../state/request.ts';
import { mayWrite } from '../state/session.ts';
import { tellError } from '../state/toasts.ts';
import { texts } from '../texts.ts';

const words = texts.task;

export function Notes({ path, notes, changed }: { path: string; notes: WholeNote[]; changed: () => void }) {
  const [text, setText] = useState('');
  const add = async () => {
    if (text.trim() === '') return;
    try {
      await request('POST', `${path}/notes`, { body: { text: text.trim() } });
      setText('');
      changed();
    } catch (error) {
      tellError(error);
    }
  };
  if (notes.length === 0 && !mayWrite.value) return null;
  return (
    <section class="notes">
      <h3>{words.notes}</h3>
      {notes.map((note) => (
        <article key={note.id}>
          <p class="muted">
            {note.actor} · <Age at={note.created_at} />
          </p>
          <p class="text" dir="auto">
            <Linked text={note.text} />
          </p>
        </article>
      ))}
      {mayWrite.value ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void add();
          }}
        >
          <textarea
            rows={text === '' ? 1 : 4}
            aria-label={words.addNote}
            placeholder={words.note}
            value={text}
            dir="auto"
            onInput={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void add();
              // what one typed is not lost by a key that closes the drawer
              if (event.key === 'Escape' && text !== '') event.stopPropagation();
            }}
          />
          {text === '' ? null : <button type="submit">{words.addNote}</button>}
        </form>
      ) : null}
    </section>
  );
}
