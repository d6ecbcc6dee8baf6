import { useLayoutEffect, useState } from 'preact/hooks';
import { undoOf } from '../goal/actions.ts';
import { PrioritySign, Sign, type SignName } from '../parts/sign.tsx';
import { Age, Command, Failure, Id, Progress, Skeleton, takeFocus } from '../parts/small.tsx';
import { VirtualList } from '../parts/virtual-list.tsx';
import {
  filter,
  filteredGoals,
  type GoalEntry,
  goals,
  goalsError,
  loadGoals,
  loadMoreGoals,
  nextGoals,
  repos,
  sortNames,
} from '../state/goals.ts';
import { isNarrow } from '../state/narrow.ts';
import { createAsked } from '../state/overlay.ts';
import { request } from '../state/request.ts';
import { go, goalPath, setQuery } from '../state/router.ts';
import { useSearch } from '../state/search.ts';
import { mayWrite } from '../state/session.ts';
import { tell, tellError } from '../state/toasts.ts';
import { texts } from '../texts.ts';

const words = texts.goalList;
/** On a phone, a row has two lines. */
const rowHeight = { wide: 36, narrow: 56 };

export function GoalsScreen() {
  const [isNew, setNew] = useState(false);
  useLayoutEffect(() => void loadGoals(), []);
  const asked = createAsked.value;
  useLayoutEffect(() => {
    if (asked > 0) setNew(true);
    createAsked.value = 0;
  }, [asked]);
  return (
    <div class="goals-screen">
      <h1 class="hidden">{texts.goals}</h1>
      <Filter create={() => setNew(true)} />
      {isNew ? <NewGoal done={() => setNew(false)} /> : null}
      <Goals />
    </div>
  );
}

function Goals() {
  const list = filteredGoals.value;
  if (goals.value === undefined) {
    return goalsError.value === undefined ? (
      <Skeleton rows={12} />
    ) : (
      <Failure words={goalsError.value} retry={() => void loadGoals()} />
    );
  }
  if (goals.value.length === 0) return <NoGoals />;
  return (
    <>
      {list.length === 0 ? (
        <div class="empty">
          <p>{words.noMatch}</p>
          <button type="button" onClick={() => setQuery({ q: null, priority: null, repo: null, status: 'all' })}>
            {words.clear}
          </button>
        </div>
      ) : (
        <VirtualList
          className="goals"
          label={texts.goals}
          items={list}
          size={isNarrow.value ? rowHeight.narrow : rowHeight.wide}
          keyOf={(goal) => goal.id}
          render={(goal) => <GoalRow goal={goal} />}
        />
      )}
      {nextGoals.value === undefined ? null : (
        <button type="button" class="more" onClick={() => void loadMoreGoals()}>
          {texts.more}
        </button>
      )}
      <AlsoFound />
    </>
  );
}

function GoalRow({ goal }: { goal: GoalEntry }) {
  const { id, description, status, priority, total_tasks: total, open_tasks: open, holders, stuck, updated_at } = goal;
  const isClosed = status === 'completed' || status === 'cancelled';
  return (
    <div class={`goal-row${isClosed ? ' closed' : ''}`}>
      <Sign name={status as SignName} />
      <Id id={id} />
      <PrioritySign priority={priority} />
      <a class="title" href={goalPath(id)} dir="auto" title={description}>
        {description}
      </a>
      <span class="repos">{goal.repos.join(', ')}</span>
      <span class="stuck">{stuck > 0 ? words.stuck(stuck) : null}</span>
      <span class="holders" title={holders.join(', ')}>
        {holders.join(', ')}
      </span>
      <Progress done={total - open} total={total} />
      <span class="age">
        <Age at={updated_at} />
      </span>
    </div>
  );
}

function Filter({ create }: { create: () => void }) {
  const { status, priority, repo, text, sort } = filter.value;
  const choose = (name: string, preset: string) => (event: Event) => {
    const { value } = event.currentTarget as HTMLSelectElement;
    setQuery({ [name]: value === preset ? null : value });
  };
  const statuses = ['planned', 'in_progress', 'completed', 'cancelled'] as const;
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
      <select aria-label={words.sort} value={sort} onChange={choose('sort', 'newest')}>
        {sortNames.map((each) => (
          <option key={each} value={each}>
            {words.sorts[each]}
          </option>
        ))}
      </select>
      {mayWrite.value ? (
        <button type="button" class="primary" aria-label={words.newGoalLong} onClick={create}>
          + {words.newGoal}
        </button>
      ) : null}
    </div>
  );
}

function NewGoal({ done }: { done: () => void }) {
  const [text, setText] = useState('');
  const [priority, setPriority] = useState('medium');
  const create = async (event: Event) => {
    event.preventDefault();
    if (text.trim() === '') return;
    try {
      const { id } = await request<{ id: string }>('POST', '/goals', { body: { description: text.trim(), priority } });
      tell(texts.goal.created(id), { undo: undoOf(`goal_id=${id}`) });
      done();
      go(goalPath(id));
    } catch (error) {
      tellError(error);
    }
  };
  return (
    <form class="new-goal" onSubmit={create} onKeyDown={(event) => event.key === 'Escape' && done()}>
      <input
        aria-label={words.what}
        placeholder={words.what}
        value={text}
        dir="auto"
        onInput={(event) => setText(event.currentTarget.value)}
        ref={takeFocus}
      />
      <select
        aria-label={texts.task.priority}
        value={priority}
        onChange={(event) => setPriority(event.currentTarget.value)}
      >
        {(['high', 'medium', 'low'] as const).map((each) => (
          <option key={each} value={each}>
            {texts.priority[each]}
          </option>
        ))}
      </select>
      <button type="submit" class="primary">
        {words.create}
      </button>
      <button type="button" onClick={done}>
        {texts.cancel}
      </button>
    </form>
  );
}

function NoGoals() {
  return (
    <div class="empty">
      <p>
        {words.empty} {words.emptyHint}
      </p>
      <Command text={words.emptyCommand} />
      {mayWrite.value ? (
        <button type="button" class="primary" onClick={() => createAsked.value++}>
          {words.newGoalLong}
        </button>
      ) : null}
    </div>
  );
}

/** What the search of the service finds beyond the titles: tasks and notes. */
function AlsoFound() {
  const found = useSearch(filter.value.text).filter(({ kind }) => kind !== 'goal');
  if (found.length === 0) return null;
  return (
    <section class="also-found" aria-label={words.search}>
      {found.map(({ kind, id, goal_id, task_id, status, snippet }) => (
        <a key={`${kind} ${id}`} class="found" href={goalPath(goal_id, 'board', kind === 'task' ? id : task_id)}>
          {status === undefined ? <span class="sign" /> : <Sign name={status as SignName} />}
          <span class="mono">{kind === 'note' ? (task_id ?? goal_id) : id}</span>
          <span dir="auto">{snippet}</span>
        </a>
      ))}
    </section>
  );
}
