import { useLayoutEffect } from 'preact/hooks';
import { isClosedGoal } from '../../domain/closed-goal.ts';
import { Due } from '../parts/due.tsx';
import { Labels } from '../parts/labels.tsx';
import { PrioritySign, Sign, type SignName } from '../parts/sign.tsx';
import { Age, Command, Failure, Id, Progress, Skeleton } from '../parts/small.tsx';
import { VirtualList } from '../parts/virtual-list.tsx';
import { useCreating } from '../state/creating.ts';
import {
  filter,
  fold,
  foldedGoals,
  goalRows,
  goals,
  goalsError,
  loadGoals,
  loadMoreGoals,
  nextGoals,
  progressOf,
  type GoalRow as Row,
} from '../state/goals.ts';
import { isNarrow } from '../state/narrow.ts';
import { createAsked } from '../state/overlay.ts';
import { goalPath, setQuery } from '../state/router.ts';
import { useSearch } from '../state/search.ts';
import { mayWrite } from '../state/session.ts';
import { texts } from '../texts.ts';
import { Filter } from './goals-filter.tsx';
import { NewGoal } from './new-goal.tsx';

const words = texts.goalList;
/** Chips that fit beside a title. */
const mostLabels = 3;
/** On a phone, a row has two lines. */
const rowHeight = { wide: 36, narrow: 56 };

export function GoalsScreen() {
  const [isNew, setNew] = useCreating();
  const isArchive = filter.value.status === 'archived';
  useLayoutEffect(() => void loadGoals(), [isArchive]);
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
  const list = goalRows.value;
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
          <button
            type="button"
            onClick={() => setQuery({ q: null, priority: null, repo: null, label: null, due: null, status: 'all' })}
          >
            {words.clear}
          </button>
        </div>
      ) : (
        <VirtualList
          className="goals"
          label={texts.goals}
          items={list}
          size={isNarrow.value ? rowHeight.narrow : rowHeight.wide}
          keyOf={({ goal }) => goal.id}
          render={(row) => <GoalRow {...row} />}
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

/** Pixels that a sub-goal stands behind its parent, and those of the button that folds. */
const indent = 20;
const foldWidth = 28;

function GoalRow({ goal, level, isParent }: Row) {
  const { id, description, status, priority, holders, stuck, updated_at } = goal;
  const isClosed = isClosedGoal(goal.status);
  return (
    <div class={`goal-row${isClosed ? ' closed' : ''}`}>
      <Sign name={status as SignName} />
      <Id id={id} />
      <PrioritySign priority={priority} />
      <span
        class="name"
        style={{ paddingInlineStart: `${level * indent + (level > 0 && !isParent ? foldWidth : 0)}px` }}
      >
        {isParent ? <Fold id={id} /> : null}
        <a class="title" href={goalPath(id)} dir="auto" title={description}>
          {description}
        </a>
      </span>
      <span class="marks">
        <Labels labels={goal.labels} most={mostLabels} />
        {goal.due_at === null ? null : <Due at={goal.due_at} isClosed={isClosed} />}
      </span>
      <span class="repos">{goal.repos.join(', ')}</span>
      <span class="stuck">{stuck > 0 ? words.stuck(stuck) : null}</span>
      <span class="holders" title={holders.join(', ')}>
        {holders.join(', ')}
      </span>
      <Progress {...progressOf(goal)} />
      <span class="age">
        <Age at={updated_at} />
      </span>
    </div>
  );
}

function Fold({ id }: { id: string }) {
  const isFolded = foldedGoals.value.has(id);
  return (
    <button
      type="button"
      class="icon fold"
      aria-expanded={!isFolded}
      aria-label={words.subGoalsOf(id)}
      onClick={() => fold(id)}
    >
      {isFolded ? '▸' : '▾'}
    </button>
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
