import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { dayOf, exactTime } from '../state/clock.ts';
import { mayWrite } from '../state/session.ts';
import { tellError } from '../state/toasts.ts';
import { texts } from '../texts.ts';

interface DateFieldProps {
  label: string;
  value: string | null;
  /** The last second of the day that a person chooses, in place of its first one. */
  endOfDay?: boolean;
  save(at: string): Promise<unknown>;
  clear?(): Promise<unknown>;
}

/** A day that becomes a field by a click or Enter. */
export function DateField(props: DateFieldProps) {
  const { label, value, clear } = props;
  const [isEdited, setEdited] = useState(false);
  const ref = useRef<HTMLButtonElement>(null);
  const end = () => {
    setEdited(false);
    setTimeout(() => document.activeElement === document.body && ref.current?.focus());
  };
  if (isEdited) return <Field {...props} end={end} />;
  const shown = value === null ? texts.none : dayOf(value);
  const title = value === null ? undefined : exactTime(value);
  if (!mayWrite.value) return <span title={title}>{shown}</span>;
  return (
    <span class="date">
      <button
        ref={ref}
        type="button"
        class={`plain${value === null ? ' muted' : ''}`}
        aria-label={`${label}: ${shown}`}
        title={title}
        onClick={() => setEdited(true)}
      >
        {shown}
      </button>
      {value === null || clear === undefined ? null : (
        <button
          type="button"
          class="icon"
          aria-label={texts.task.remove(label)}
          onClick={() => void clear().catch(tellError)}
        >
          ✕
        </button>
      )}
    </span>
  );
}

function Field({ label, value, endOfDay = false, save, end }: DateFieldProps & { end(): void }) {
  const ref = useRef<HTMLInputElement>(null);
  const was = value === null ? '' : localDay(value);
  useLayoutEffect(() => ref.current?.focus(), []);
  const done = () => {
    const day = ref.current?.value ?? '';
    end();
    if (day === '' || day === was) return;
    save(new Date(`${day}T${endOfDay ? '23:59:59' : '00:00:00'}`).toISOString()).catch(tellError);
  };
  return (
    <input
      ref={ref}
      type="date"
      aria-label={label}
      defaultValue={was}
      onBlur={done}
      onKeyDown={(event) => {
        if (event.key === 'Enter') done();
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        end();
      }}
    />
  );
}

/** `2026-12-01`, where the person is. */
function localDay(iso: string): string {
  const at = new Date(iso);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
