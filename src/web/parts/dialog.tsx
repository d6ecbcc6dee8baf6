import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { texts } from '../texts.ts';

/** A dialog above the page. Escape and a click beside it close it, and the focus goes back to where it was. */
export function Dialog({
  title,
  close,
  children,
  wide = false,
  bare = false,
}: {
  title: string;
  close: () => void;
  children: ComponentChildren;
  wide?: boolean;
  /** Without a heading: the label is enough. */
  bare?: boolean;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  // before the next key is typed: it is the dialog's
  useLayoutEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    ref.current?.showModal();
    return () => before?.focus?.();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does the same, by the dialog itself
    <dialog
      ref={ref}
      class={`dialog${wide ? ' wide' : ''}${bare ? ' bare' : ''}`}
      aria-label={title}
      onClose={close}
      onClick={(event) => event.target === ref.current && close()}
    >
      <div class="dialog-body">
        {bare ? null : (
          <header>
            <h2>{title}</h2>
            <button type="button" class="icon" aria-label={texts.close} onClick={close}>
              ✕
            </button>
          </header>
        )}
        {children}
      </div>
    </dialog>
  );
}
