import { useEffect, useState } from 'preact/hooks';
import { changesSeen } from '../goal/store.ts';
import type { WholeNote } from '../goal/whole-task.ts';
import { Age, Linked } from '../parts/small.tsx';
import { useAgain } from '../state/again.ts';
import { get, request } from '../state/request.ts';
import { goalPath } from '../state/router.ts';
import { mayWrite } from '../state/session.ts';
import { tellError } from '../state/toasts.ts';
import { texts } from '../texts.ts';

const words = texts.task;

interface Page {
  notes: WholeNote[];
  total: number;
}

/** The notes of a task, or of a goal and its tasks, and a field for one more. */
export function Notes({ path, filter }: { path: string; filter: string }) {
  const [text, setText] = useState('');
  const [{ notes, total }, setPage] = useState<Page>({ notes: [], total: 0 });
  const read = () =>
    void get<Page>(`/board/notes?${filter}`).then(
      (page) => {
        setPage(page);
        again.succeeded();
      },
      (error) => again.failed(error),
    );
  const again = useAgain(read);
  useEffect(read, [filter, changesSeen.value]);
  const add = async () => {
    if (text.trim() === '') return;
    try {
      await request('POST', `${path}/notes`, { body: { text: text.trim() } });
      setText('');
      read();
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
            {note.task_id === null || path.endsWith(note.task_id) ? null : (
              <>
                {' · '}
                <a class="mono" href={goalPath(note.goal_id, 'board', note.task_id)}>
                  {note.task_id}
                </a>
              </>
            )}
          </p>
          <p class="text" dir="auto">
            <Linked text={note.text} />
          </p>
        </article>
      ))}
      {total > notes.length ? <p class="muted">{texts.nowScreen.ofMany(notes.length, total)}</p> : null}
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
