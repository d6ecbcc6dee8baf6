import { useSignal } from '@preact/signals';
import type { ComponentChildren, RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { type FieldEdit, saveField } from '../goal/actions.ts';
import { mayWrite } from '../state/session.ts';
import { tellError } from '../state/toasts.ts';
import { texts } from '../texts.ts';
import { hasLinks, Linked } from './small.tsx';

interface EditableProps extends Omit<FieldEdit, 'value' | 'was'> {
  label: string;
  value: string;
  /** What the service gets for a text; the text itself if not said. */
  send?: (text: string) => unknown;
  /** Whether the text may have lines. */
  long?: boolean;
  placeholder?: string;
  saved(): void;
}

interface Draft {
  text: string;
  was: string;
  revision: number;
  /** The text that somebody else saved meanwhile. */
  theirs?: string;
  isSaving?: boolean;
}

/** A text that becomes a field by a click or Enter. What one types stays until it is saved or given up. */
export function Editable(props: EditableProps) {
  const { value, long = false, placeholder = texts.none, revision } = props;
  const draft = useSignal<Draft | undefined>(undefined);
  const ref = useRef<HTMLElement>(null);
  const isEdited = draft.value !== undefined;
  const wasEdited = useRef(false);
  // a field that the keyboard has left takes the focus with it
  useLayoutEffect(() => {
    if (wasEdited.current && !isEdited && document.activeElement === document.body) {
      ref.current?.focus({ preventScroll: true });
    }
    wasEdited.current = isEdited;
  }, [isEdited]);
  if (isEdited) return <Field {...props} draft={draft} />;
  const shown = value === '' ? <span class="muted">{placeholder}</span> : long ? <Linked text={value} /> : value;
  if (!mayWrite.value) {
    return (
      <div class={`editable fixed${long ? ' long' : ''}`} dir="auto">
        {shown}
      </div>
    );
  }
  const begin = () => {
    if (getSelection()?.isCollapsed === false) return;
    draft.value = { text: value, was: value, revision };
  };
  const Box = long && hasLinks(value) ? BoxWithLinks : PlainBox;
  return (
    <Box {...props} begin={begin} box={ref}>
      {shown}
    </Box>
  );
}

interface BoxProps extends Pick<EditableProps, 'label' | 'value' | 'placeholder' | 'long'> {
  begin(): void;
  box: RefObject<HTMLElement | null>;
  children: ComponentChildren;
}

const nameOf = ({ label, value, placeholder = texts.none }: BoxProps) =>
  `${label}: ${value === '' ? placeholder : value}`;

function PlainBox(props: BoxProps) {
  const { box, begin, long = false, children } = props;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button may not hold blocks of text
    <div
      ref={box as RefObject<HTMLDivElement>}
      class={`editable${long ? ' long' : ''}`}
      role="button"
      tabIndex={0}
      aria-label={nameOf(props)}
      dir="auto"
      onClick={begin}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return;
        event.preventDefault();
        begin();
      }}
    >
      {children}
    </div>
  );
}

/** A button may not hold links: beside them stands a button of its own. */
function BoxWithLinks(props: BoxProps) {
  const { box, begin, children } = props;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the button below has the keys
    // biome-ignore lint/a11y/noStaticElementInteractions: as above
    <div
      class="editable long"
      dir="auto"
      onClick={(event) => (event.target as Element).closest('a') === null && begin()}
    >
      {children}
      <button ref={box as RefObject<HTMLButtonElement>} type="button" class="icon edit" aria-label={nameOf(props)}>
        ✎
      </button>
    </div>
  );
}

function Field({ draft, ...props }: EditableProps & { draft: { value: Draft | undefined } }) {
  const { label, long = false, path, field, sent, read, send = (text) => text, saved } = props;
  const ref = useRef<HTMLTextAreaElement & HTMLInputElement>(null);
  useLayoutEffect(() => {
    ref.current?.focus();
    ref.current?.setSelectionRange(ref.current.value.length, ref.current.value.length);
  }, []);
  const now = draft.value as Draft;
  const end = () => {
    draft.value = undefined;
  };
  const save = async () => {
    if (now.isSaving) return;
    if (now.text === now.was) return end();
    draft.value = { ...now, isSaving: true };
    try {
      const { text, was, revision } = now;
      const result = await saveField({ path, field, value: send(text), was, revision, sent, read });
      if (result.kind === 'saved') {
        saved();
        end();
      } else draft.value = { text, was: result.theirs, revision: result.revision, theirs: result.theirs };
    } catch (error) {
      draft.value = { ...now, isSaving: false };
      tellError(error);
    }
  };
  const common = {
    ref,
    'aria-label': label,
    value: now.text,
    dir: 'auto' as const,
    // a field that is disabled loses the focus, and another one that ends meanwhile takes it
    readOnly: now.isSaving ?? false,
    onInput: (event: Event) => {
      draft.value = { ...now, text: (event.currentTarget as HTMLInputElement).value };
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (now.isSaving) return;
      if (event.key === 'Escape') {
        event.stopPropagation();
        end();
      } else if (event.key === 'Enter' && (!long || event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        void save();
      }
    },
    onBlur: () => now.theirs === undefined && void save(),
  };
  return (
    <div class="field">
      {long ? (
        <textarea {...common} rows={Math.min(18, Math.max(3, now.text.split('\n').length + 1))} />
      ) : (
        <input {...common} />
      )}
      {now.theirs !== undefined ? (
        <div class="conflict" role="alert">
          <p>{texts.task.conflict}</p>
          <dl>
            <dt>{texts.task.theirs}</dt>
            <dd>{now.theirs === '' ? texts.none : now.theirs}</dd>
            <dt>{texts.task.yours}</dt>
            <dd>{now.text === '' ? texts.none : now.text}</dd>
          </dl>
          <button type="button" class="primary" onClick={() => void save()}>
            {texts.task.keepMine}
          </button>
          <button
            type="button"
            onClick={() => {
              saved();
              end();
            }}
          >
            {texts.task.takeTheirs}
          </button>
        </div>
      ) : long ? (
        <p class="hint">{texts.task.saveHint}</p>
      ) : null}
    </div>
  );
}
