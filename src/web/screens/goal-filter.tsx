import { hasDue, labels } from '../goal/marks.ts';
import { query, setQuery } from '../state/router.ts';
import { texts } from '../texts.ts';

const words = texts.goal;

/** By label and by date, where a goal's tasks have some. */
export function GoalFilter() {
  const choose = (name: string) => (event: Event) =>
    setQuery({ [name]: (event.currentTarget as HTMLSelectElement).value });
  const label = query.value.get('label') ?? '';
  const sort = query.value.get('sort') ?? '';
  return (
    <>
      {labels.value.length === 0 && label === '' ? null : (
        <select aria-label={texts.task.labels} value={label} onChange={choose('label')}>
          <option value="">{words.anyLabel}</option>
          {[...new Set([...labels.value, ...(label === '' ? [] : [label])])].map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      )}
      {hasDue.value ? (
        <select aria-label={words.sort} value={sort} onChange={choose('sort')}>
          <option value="">{words.sorts.priority}</option>
          <option value="due">{words.sorts.due}</option>
        </select>
      ) : null}
    </>
  );
}
