import { useLayoutEffect, useState } from 'preact/hooks';
import { formatEffort } from '../../domain/effort.ts';
import type { Priority } from '../../domain/priority.ts';
import { addTask, saveField } from '../goal/actions.ts';
import { Board } from '../goal/board.tsx';
import { GraphTab } from '../goal/graph-tab.tsx';
import { PlanTab } from '../goal/plan-tab.tsx';
import { loadError, loaded, openGoal, reload, showGoalAs, times } from '../goal/store.ts';
import { Choice } from '../parts/choice.tsx';
import { Editable } from '../parts/editable.tsx';
import { Sign, type SignName } from '../parts/sign.tsx';
import { Failure, Id, Progress, Skeleton, takeFocus } from '../parts/small.tsx';
import { createAsked, overlay } from '../state/overlay.ts';
import { type GoalTab, goalPath, goalTabs, openTask } from '../state/router.ts';
import { mayWrite } from '../state/session.ts';
import { tellError } from '../state/toasts.ts';
import { texts } from '../texts.ts';
import { Details } from './details.tsx';
import { Drawer } from './drawer.tsx';
import { History } from './history.tsx';

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
        <Head />
        <nav class="tabs" aria-label={goalId}>
          {goalTabs.map((each) => (
            <a
              key={each}
              href={goalPath(goalId, each, task ?? undefined)}
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

function Tab({ tab }: { tab: GoalTab }) {
  return tab === 'graph' ? <GraphTab /> : tab === 'plan' ? <PlanTab /> : <Board />;
}

function Head() {
  const { goal, tasks } = loaded.value as NonNullable<typeof loaded.value>;
  const done = [...tasks.values()].filter(({ status }) => status === 'completed').length;
  const { totalMinutes } = times.value.plan.criticalPath;
  const change = (field: 'status' | 'priority') => async (event: Event) => {
    const { value } = event.currentTarget as HTMLSelectElement;
    const was = goal[field];
    showGoalAs({ [field]: value });
    try {
      const read = (row: Record<string, unknown>) => String(row[field]);
      const saved = await saveField({ path: `/goals/${goal.id}`, field, value, was, revision: goal.revision, read });
      if (saved.kind === 'conflict') showGoalAs({ [field]: saved.theirs });
    } catch (error) {
      showGoalAs({ [field]: was });
      tellError(error);
    }
  };
  return (
    <header class="goal-head">
      <div class="line">
        <Sign name={goal.status as SignName} />
        <Id id={goal.id} />
        <Choice
          label={texts.task.status}
          value={goal.status}
          options={['planned', 'in_progress', 'completed', 'cancelled']}
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
        <span class="muted repos">{goal.repos.join(', ')}</span>
        <span class="space" />
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

function TaskTools() {
  const [isNew, setNew] = useState(false);
  const asked = createAsked.value;
  useLayoutEffect(() => {
    if (asked > 0) setNew(true);
    createAsked.value = 0;
  }, [asked]);
  if (!mayWrite.value) return null;
  return (
    <span class="tools">
      {isNew ? (
        <NewTask done={() => setNew(false)} />
      ) : (
        <>
          <button type="button" onClick={() => (overlay.value = 'break-down')}>
            {texts.goal.breakDown}
          </button>
          <button type="button" class="primary" aria-label={texts.goal.create} onClick={() => setNew(true)}>
            + {texts.goal.newTask}
          </button>
        </>
      )}
    </span>
  );
}

/** The field stays open for the next task. */
function NewTask({ done }: { done: () => void }) {
  const [text, setText] = useState('');
  const add = (event: Event) => {
    event.preventDefault();
    const description = text.trim();
    if (description === '') return;
    setText('');
    addTask(description).catch((error) => {
      setText(description);
      tellError(error);
    });
  };
  return (
    <form class="new-task" onSubmit={add} onKeyDown={(event) => event.key === 'Escape' && done()}>
      <input
        aria-label={texts.goal.what}
        placeholder={texts.goal.what}
        value={text}
        dir="auto"
        onInput={(event) => setText(event.currentTarget.value)}
        ref={takeFocus}
      />
      <button type="submit" class="primary">
        {texts.goal.create}
      </button>
      <button type="button" class="icon" aria-label={texts.close} onClick={done}>
        ✕
      </button>
    </form>
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
