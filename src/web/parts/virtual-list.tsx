import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Rows beyond the seen ones that are drawn, so that scrolling shows no gap. */
const spare = 8;

/** A list of any length in a box that scrolls: only the rows that are seen are there. */
export function VirtualList<T>({
  items,
  size,
  keyOf,
  render,
  label,
  className = '',
}: {
  items: readonly T[];
  /** Pixels of a row. */
  size: number;
  keyOf(item: T): string;
  render(item: T, index: number): ComponentChildren;
  label: string;
  className?: string;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ first: 0, last: 30 });
  useLayoutEffect(() => {
    const list = box.current;
    if (list === null) return;
    const look = () => {
      const first = Math.max(0, Math.floor(list.scrollTop / size) - spare);
      const last = Math.ceil((list.scrollTop + list.clientHeight) / size) + spare;
      setSeen((before) => (before.first === first && before.last === last ? before : { first, last }));
    };
    look();
    const sizes = new ResizeObserver(look);
    sizes.observe(list);
    list.addEventListener('scroll', look, { passive: true });
    return () => {
      sizes.disconnect();
      list.removeEventListener('scroll', look);
    };
  }, [size]);
  const first = Math.min(seen.first, Math.max(0, items.length - 1));
  const drawn = items.slice(first, seen.last);
  const after = items.length - first - drawn.length;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls has to be reached by the keyboard
    <div ref={box} class={`list ${className}`} tabIndex={0}>
      <ul aria-label={label} style={{ paddingTop: `${first * size}px`, paddingBottom: `${after * size}px` }}>
        {drawn.map((item, place) => (
          <li key={keyOf(item)} style={{ height: `${size}px` }}>
            {render(item, first + place)}
          </li>
        ))}
      </ul>
    </div>
  );
}
