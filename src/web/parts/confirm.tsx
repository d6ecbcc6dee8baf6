import { texts } from '../texts.ts';

/** The end of a dialog: away with it, or do what it shows. */
export function Confirm({
  label,
  disabled,
  confirm,
  close,
}: {
  label: string;
  disabled: boolean;
  confirm: () => Promise<void>;
  close: () => void;
}) {
  return (
    <footer>
      <button type="button" onClick={close}>
        {texts.cancel}
      </button>
      <button type="button" class="primary" disabled={disabled} onClick={() => void confirm()}>
        {label}
      </button>
    </footer>
  );
}
