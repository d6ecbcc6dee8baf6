import { filter, labels, overdueGoals, repos, sortNames } from '../state/goals.ts';
import { setQuery } from '../state/router.ts';
import { mayWrite } from '../state/session.ts';
import { texts } from '../texts.ts';

const words = texts.goalList;

/** Which goals are shown, and in which order. */
export function Filter({ create }: { create: () => void }) {
  const { status, priority, repo, label, isOverdue, text, sort } = filter.value;
  const choose = (name: string, preset: string) => (event: Event) => {
    const { value } = event.currentTarget as HTMLSelectElement;
    setQuery({ [name]: value === preset ? null : value });
  };
  const statuses = ['planned', 'in_progress', 'completed', 'cancelled', 'archived'] as const;
  return (
    <div class="filter">
      <input
        type="search"
        placeholder={words.filter}
        aria-label={words.filter}
        value={text}
        onInput={(event) => setQuery({ q: event.currentTarget.value })}
      />
      <select aria-label={texts.task.status} value={status} onChange={choose('status', 'open')}>
        <option value="open">{words.open}</option>
        <option value="all">{words.allStatuses}</option>
        {statuses.map((each) => (
          <option key={each} value={each}>
            {texts.status[each]}
          </option>
        ))}
      </select>
      <select aria-label={texts.task.priority} value={priority} onChange={choose('priority', '')}>
        <option value="">{words.allPriorities}</option>
        {(['high', 'medium', 'low'] as const).map((each) => (
          <option key={each} value={each}>
            {texts.priority[each]}
          </option>
        ))}
      </select>
      {repos.value.length === 0 ? null : (
        <select aria-label={texts.task.repo} value={repo} onChange={choose('repo', '')}>
          <option value="">{words.allRepos}</option>
          {repos.value.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      )}
      {labels.value.length === 0 ? null : (
        <select aria-label={texts.task.labels} value={label} onChange={choose('label', '')}>
          <option value="">{texts.goal.anyLabel}</option>
          {labels.value.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      )}
      <select aria-label={words.sort} value={sort} onChange={choose('sort', 'newest')}>
        {sortNames.map((each) => (
          <option key={each} value={each}>
            {words.sorts[each]}
          </option>
        ))}
      </select>
      {overdueGoals.value.size === 0 && !isOverdue ? null : (
        <button
          type="button"
          class="late"
          aria-pressed={isOverdue}
          onClick={() => setQuery({ due: isOverdue ? null : 'overdue' })}
        >
          {words.overdue(overdueGoals.value.size)}
        </button>
      )}
      {mayWrite.value ? (
        <button type="button" class="primary" aria-label={words.newGoalLong} onClick={create}>
          + {words.newGoal}
        </button>
      ) : null}
    </div>
  );
}
