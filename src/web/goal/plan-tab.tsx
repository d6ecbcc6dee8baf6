import { formatEffort } from '../../domain/effort.ts';
import { CriticalSign, Sign } from '../parts/sign.tsx';
import { Id } from '../parts/small.tsx';
import { VirtualList } from '../parts/virtual-list.tsx';
import { showTask } from '../state/router.ts';
import { texts } from '../texts.ts';
import { signOf } from './columns.ts';
import { closedCount } from './marks.ts';
import type { Bar } from './plan.ts';
import { matching, shown, times } from './store.ts';

const words = texts.goal;

type Row = { kind: 'phase'; phase: number; count: number } | { kind: 'bar'; bar: Bar };

/** What is left, phase by phase; each bar begins where everything that it needs can be done at the earliest. */
export function PlanTab() {
  const { plan, bars, total } = times.value;
  const { totalMinutes, assumedEffortMinutes } = plan.criticalPath;
  const done = closedCount.value;
  const rows = bars.flatMap(({ phase, bars: all }): Row[] => {
    const inPhase = all.filter(({ task }) => matching.value.has(task.id));
    if (inPhase.length === 0) return [];
    return [{ kind: 'phase', phase, count: inPhase.length }, ...inPhase.map((bar) => ({ kind: 'bar' as const, bar }))];
  });
  return (
    <div class="plan">
      <p class="muted facts">
        {done > 0 ? <span>{words.doneAlready(done)}</span> : null}
        {totalMinutes === null && rows.length > 0 ? <span>{words.noEfforts}</span> : null}
        {assumedEffortMinutes === null ? null : <span>{words.assumed(formatEffort(assumedEffortMinutes))}</span>}
        {plan.cyclic.length === 0 ? null : (
          <span class="error">{words.cyclic(plan.cyclic.slice(0, 20).join(', '))}</span>
        )}
      </p>
      {rows.length === 0 ? (
        <p class="empty">{words.planDone}</p>
      ) : (
        <VirtualList
          className="bars"
          label={texts.plan}
          items={rows}
          size={30}
          keyOf={(row) => (row.kind === 'phase' ? `phase ${row.phase}` : row.bar.task.id)}
          render={(row) =>
            row.kind === 'phase' ? (
              <h2 class="phase">
                {words.phase(row.phase)} <span class="count">{row.count}</span>
              </h2>
            ) : (
              <BarRow bar={row.bar} total={total} />
            )
          }
        />
      )}
    </div>
  );
}

function BarRow({ bar: { task, start, minutes }, total }: { bar: Bar; total: number }) {
  const { id, description, status, estimated_effort } = task;
  const current = shown.value.get(id);
  const column = current?.column;
  const isCritical = times.value.critical.has(id);
  return (
    <div class="bar-row">
      <span class="name">
        <Sign name={current === undefined ? status : signOf(current)} />
        <Id id={id} />
        {isCritical ? <CriticalSign /> : <span class="sign" />}
        <button type="button" class="title" dir="auto" title={description} data-opens={id} onClick={() => showTask(id)}>
          {description}
        </button>
      </span>
      <span class="track">
        <span
          class={`bar ${column}${isCritical ? ' critical' : ''}${estimated_effort === null ? ' assumed' : ''}`}
          style={{ left: `${(start / total) * 100}%`, width: `${(minutes / total) * 100}%` }}
        />
        <span class="effort" style={{ left: `${((start + minutes) / total) * 100}%` }}>
          {estimated_effort ?? ''}
        </span>
      </span>
    </div>
  );
}
