import { useLayoutEffect } from 'preact/hooks';
import { formatEffort } from '../../domain/effort.ts';
import type { Priority } from '../../domain/priority.ts';
import { setOnGoal } from '../goal/actions.ts';
import { Board } from '../goal/board.tsx';
import { GraphTab } from '../goal/graph-tab.tsx';
import { closedCount, lateCount } from '../goal/marks.ts';
import { PlanTab } from '../goal/plan-tab.tsx';
import { isGoalClosed, loadError, loaded, openGoal, reload, times } from '../goal/store.ts';
import { Choice } from '../parts/choice.tsx';
import { Due } from '../parts/due.tsx';
import { Editable } from '../parts/editable.tsx';
import { Labels } from '../parts/labels.tsx';
import { Sign, type SignName } from '../parts/sign.tsx';
import { Failure, Id, Progress, Skeleton } from '../parts/small.tsx';
import { overlay } from '../state/overlay.ts';
import { type GoalTab, goalPath, goalTabs, openTask, query } from '../state/router.ts';
import { mayWrite } from '../state/session.ts';
import { texts } from '../texts.ts';
import { Details } from './details.tsx';
import { Drawer } from './drawer.tsx';
import { Breadcrumb, SubGoals } from './family.tsx';
import { History } from './history.tsx';
import { TaskTools } from './task-tools.tsx';

/** On a narrow screen the drawer hides the goal; the page has its heading all the same. */
const headingLength = 120;

export function GoalScreen({ goalId, tab }: { goalId: string; tab: GoalTab }) {
  useLayoutEffect(() => openGoal(goalId), [goalId]);
  const now = loaded.value;
  if (loadError.value !== undefined) {
    return (
      <>
        <h1 class="hidden">{goalId}</h1>
        <Failure words={loadError.value} retry={() => void reload()} />
      </>
    );
  }
  if (now === undefined || now.goal.id !== goalId) return <Skeleton rows={8} />;
  const task = openTask.value;
  return (
    <div class={`goal-screen${task === null ? '' : ' with-drawer'}`}>
      <h1 class="hidden">
        {goalId} {now.goal.description.slice(0, headingLength)}
      </h1>
      <div class="goal-main">
        <Breadcrumb />
        <Head />
        <SubGoals />
        <nav class="tabs" aria-label={goalId}>
          {goalTabs.map((each) => (
            <a
              key={each}
              href={withFilter(goalPath(goalId, each, task ?? undefined))}
              aria-current={each === tab ? 'page' : undefined}
            >
              {texts[each]}
            </a>
          ))}
          <TaskTools />
        </nav>
        {tab === 'history' ? (
          <History filter={{ goal_id: goalId }} />
        ) : tab === 'details' ? (
          <Details goalId={goalId} />
        ) : now.tasks.size === 0 ? (
          <NoTasks />
        ) : (
          <Tab tab={tab} />
        )}
      </div>
      {task === null ? null : <Drawer key={task} id={task} />}
    </div>
  );
}

/** The filter of a goal stays from tab to tab. */
function withFilter(path: string): string {
  const kept = new URLSearchParams();
  for (const name of ['label', 'sort']) {
    const value = query.value.get(name);
    if (value !== null) kept.set(name, value);
  }
  const text = kept.toString();
  return text === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${text}`;
}

function Tab({ tab }: { tab: GoalTab }) {
  return tab === 'graph' ? <GraphTab /> : tab === 'plan' ? <PlanTab /> : <Board />;
}

function Head() {
  const { goal, tasks } = loaded.value as NonNullable<typeof loaded.value>;
  const done = closedCount.value;
  const { totalMinutes } = times.value.plan.criticalPath;
  const change = (field: 'status' | 'priority') => (event: Event) =>
    void setOnGoal(goal, field, (event.currentTarget as HTMLSelectElement).value);
  return (
    <header class="goal-head">
      <div class="line">
        <Sign name={goal.status as SignName} />
        <Id id={goal.id} />
        <Choice
          label={texts.task.status}
          value={goal.status}
          options={['planned', 'in_progress', 'completed', 'cancelled', 'archived']}
          words={texts.status}
          change={change('status')}
        />
        <Choice
          label={texts.task.priority}
          value={goal.priority}
          options={['high', 'medium', 'low'] satisfies Priority[]}
          words={texts.priority}
          change={change('priority')}
        />
        {mayWrite.value && isGoalClosed.value && goal.status !== 'archived' ? (
          <button
            type="button"
            title={texts.goal.archiveHint}
            onClick={() => void setOnGoal(goal, 'status', 'archived')}
          >
            {texts.goal.archive}
          </button>
        ) : null}
        <span class="muted repos">{goal.repos.join(', ')}</span>
        <Labels labels={goal.labels} />
        {goal.due_at === null ? null : <Due at={goal.due_at} isClosed={isGoalClosed.value} />}
        <span class="space" />
        {lateCount.value === 0 ? null : <span class="late">{texts.goal.late(lateCount.value)}</span>}
        <span class="muted left">
          {tasks.size === 0
            ? null
            : texts.goal.left(totalMinutes === null ? '' : formatEffort(totalMinutes), tasks.size - done, tasks.size)}
        </span>
        <Progress done={done} total={tasks.size} />
      </div>
      <div class="goal-title">
        <Editable
          label={texts.task.description}
          path={`/goals/${goal.id}`}
          field="description"
          value={goal.description}
          revision={goal.revision}
          read={(row) => String(row.description)}
          saved={() => void reload()}
          long
        />
      </div>
    </header>
  );
}

function NoTasks() {
  return (
    <div class="empty">
      <p>
        {texts.goal.empty} {mayWrite.value ? texts.goal.emptyHint : null}
      </p>
      {mayWrite.value ? (
        <button type="button" class="primary" onClick={() => (overlay.value = 'break-down')}>
          {texts.goal.breakDown}
        </button>
      ) : null}
    </div>
  );
}
