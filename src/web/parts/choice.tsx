import { mayWrite } from '../state/session.ts';

/** A value of a closed list. */
export function Choice({
  label,
  value,
  options,
  words,
  change,
}: {
  label: string;
  value: string;
  options: readonly string[];
  words: Record<string, string>;
  change: (event: Event) => void;
}) {
  if (!mayWrite.value) return <span class="choice fixed">{words[value] ?? value}</span>;
  return (
    <select class="choice" aria-label={label} value={value} onChange={change}>
      {options.map((each) => (
        <option key={each} value={each}>
          {words[each] ?? each}
        </option>
      ))}
    </select>
  );
}
