import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Refusal } from './request.ts';

const laterMs = [1_000, 2_000, 5_000, 10_000];

/** Whether the same request may succeed soon: nobody answered, or the service said that it cannot now. */
const mayPass = (error: unknown) =>
  error instanceof Refusal && (error.status === 0 || error.status === 429 || error.status >= 500);

/** Makes a read again that failed, later each time, until it succeeds: no change tells of what a failed read missed. */
export class Again {
  readonly #read: () => Promise<void>;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(read: () => Promise<void>) {
    this.#read = read;
  }

  succeeded(): void {
    this.#failures = 0;
    clearTimeout(this.#timer);
  }

  /** Whether the read is made again. */
  failed(error: unknown): boolean {
    clearTimeout(this.#timer);
    if (!mayPass(error)) return false;
    const waitMs = laterMs[Math.min(this.#failures++, laterMs.length - 1)] as number;
    this.#timer = setTimeout(() => void this.#read(), waitMs);
    return true;
  }
}

/** The same for a part of the page: it ends with the part. */
export function useAgain(read: () => void): Again {
  const latest = useRef(read);
  latest.current = read;
  const again = useMemo(() => new Again(async () => latest.current()), []);
  useEffect(() => () => again.succeeded(), [again]);
  return again;
}
