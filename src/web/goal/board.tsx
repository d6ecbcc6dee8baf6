import { useState } from 'preact/hooks';
import { VirtualList } from '../parts/virtual-list.tsx';
import { texts } from '../texts.ts';
import { Card, cardHeight } from './card.tsx';
import { columnNames, type TaskColumn } from './columns.ts';
import { moveWords, moving, useColumn } from './drag.ts';
import { hasMarks } from './marks.ts';
import { columns } from './store.ts';

/** The tasks of a goal in columns. On a narrow screen one column is there at a time. */
export function Board() {
  const [chosen, setChosen] = useState<TaskColumn>(
    () => columnNames.find((name) => columns.value[name].length > 0) ?? 'ready',
  );
  return (
    <div class="board">
      <div class="column-tabs" role="tablist" aria-label={texts.board}>
        {columnNames.map((name) => (
          <button key={name} type="button" role="tab" aria-selected={chosen === name} onClick={() => setChosen(name)}>
            {texts.columns[name]} <span class="count">{columns.value[name].length}</span>
          </button>
        ))}
      </div>
      <p id="move-hint" class="hidden">
        {texts.goal.moveHint}
      </p>
      <p class="hidden" role="status">
        {moveWords.value}
      </p>
      <div class="columns">
        {columnNames.map((name) => (
          <Column key={name} name={name} isChosen={chosen === name} />
        ))}
      </div>
    </div>
  );
}

function Column({ name, isChosen }: { name: TaskColumn; isChosen: boolean }) {
  const ref = useColumn(name);
  const cards = columns.value[name];
  const isOver = moving.value?.over === name;
  return (
    <section
      ref={ref}
      class={`column ${name}${isChosen ? ' chosen' : ''}${isOver ? ' over' : ''}`}
      aria-labelledby={`column-${name}`}
    >
      <h2 id={`column-${name}`}>
        {texts.columns[name]} <span class="count">{cards.length.toLocaleString()}</span>
      </h2>
      {cards.length === 0 ? (
        <p class="muted nothing">{texts.emptyColumns[name]}</p>
      ) : (
        <VirtualList
          label={texts.columns[name]}
          items={cards}
          size={hasMarks.value ? cardHeight.marked : cardHeight.plain}
          keyOf={({ task }) => task.id}
          render={(shown) => <Card shown={shown} />}
        />
      )}
    </section>
  );
}
