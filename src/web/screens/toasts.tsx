import { dismiss, tell, tellError, toasts } from '../state/toasts.ts';
import { texts } from '../texts.ts';

export function Toasts() {
  return (
    <section class="toasts" aria-live="polite" aria-label={texts.history}>
      {toasts.value.map(({ id, text, kind, undo, next }) => (
        <div key={id} class={`toast ${kind}`} role={kind === 'error' ? 'alert' : undefined}>
          <span>{text}</span>
          {next === undefined ? null : (
            <button
              type="button"
              class="link"
              onClick={() => {
                dismiss(id);
                next.run().catch(tellError);
              }}
            >
              {next.label}
            </button>
          )}
          {undo === undefined ? null : (
            <button
              type="button"
              class="link"
              onClick={() => {
                dismiss(id);
                undo().then(() => tell(texts.historyScreen.undone), tellError);
              }}
            >
              {texts.undo}
            </button>
          )}
          <button type="button" class="icon" aria-label={texts.close} onClick={() => dismiss(id)}>
            ✕
          </button>
        </div>
      ))}
    </section>
  );
}
