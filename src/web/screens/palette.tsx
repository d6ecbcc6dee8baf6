import { useEffect, useState } from 'preact/hooks';
import { Sign, type SignName } from '../parts/sign.tsx';
import { isInside } from '../state/inside.ts';
import { createAsked, overlay } from '../state/overlay.ts';
import { go, goalPath, goalTabs, place } from '../state/router.ts';
import { type Found, useSearch } from '../state/search.ts';
import { mayWrite } from '../state/session.ts';
import { nextTheme } from '../state/theme.ts';
import { texts } from '../texts.ts';

interface Entry {
  key: string;
  sign?: string | undefined;
  id?: string;
  label: string;
  run(): void;
}

function commands(): Entry[] {
  const to = (label: string, path: string) => ({ key: path, label: texts.palette.goTo(label), run: () => go(path) });
  const now = place.value;
  const tabs = goalTabs.map((tab) => [tab, texts[tab]] as const);
  const create = {
    key: 'create',
    label: now.screen === 'goal' ? texts.goal.create : texts.goalList.create,
    run: () => createAsked.value++,
  };
  const paste = {
    key: 'paste',
    label: texts.goal.breakDown,
    run: () => setTimeout(() => (overlay.value = 'break-down')),
  };
  return [
    to(texts.goals, '/'),
    to(texts.now, '/now'),
    to(texts.history, '/history'),
    ...(now.screen === 'goal'
      ? tabs.map(([tab, label]) => to(texts.palette.ofGoal(label), goalPath(now.goalId, tab)))
      : []),
    ...(mayWrite.value && now.screen !== 'now' && now.screen !== 'history' ? [create] : []),
    ...(mayWrite.value && now.screen === 'goal' ? [paste] : []),
    ...(isInside ? [] : [{ key: 'theme', label: texts.shortcuts.theme, run: nextTheme }]),
    { key: 'help', label: texts.palette.shortcuts, run: () => setTimeout(() => (overlay.value = 'help')) },
  ];
}

const pathOf = ({ kind, id, goal_id, task_id }: Found) =>
  goalPath(goal_id, 'board', kind === 'task' ? id : kind === 'note' ? task_id : undefined);

export function Palette({ close }: { close: () => void }) {
  const [text, setText] = useState('');
  const [place, setPlace] = useState(0);
  const found = useSearch(text);
  const fitting = commands().filter(({ label }) => label.toLowerCase().includes(text.trim().toLowerCase()));
  const entries: Entry[] = [
    ...fitting,
    ...found.map((each) => ({
      key: `${each.kind} ${each.id}`,
      sign: each.status,
      id: each.kind === 'note' ? (each.task_id ?? each.goal_id) : each.id,
      label: each.snippet,
      run: () => go(pathOf(each)),
    })),
  ];
  const chosen = Math.min(place, entries.length - 1);
  const run = (entry: Entry | undefined) => {
    if (entry === undefined) return;
    close();
    entry.run();
  };
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (event.key === 'Enter') run(entries[chosen]);
    else if (step === 0) return;
    else setPlace((chosen + step + entries.length) % Math.max(1, entries.length));
    event.preventDefault();
  };
  useEffect(() => document.getElementById(`entry-${chosen}`)?.scrollIntoView({ block: 'nearest' }), [chosen]);
  return (
    <div class="palette">
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="entries"
        aria-activedescendant={entries.length > 0 ? `entry-${chosen}` : undefined}
        aria-label={texts.palette.label}
        placeholder={texts.palette.label}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setPlace(0);
        }}
        onKeyDown={onKey}
        autofocus
      />
      <div id="entries" role="listbox" aria-label={texts.palette.label}>
        {entries.map((entry, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
          <div
            key={entry.key}
            id={`entry-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            onClick={() => run(entry)}
          >
            {entry.sign === undefined ? <span class="sign" /> : <Sign name={entry.sign as SignName} />}
            {entry.id === undefined ? null : <span class="mono">{entry.id}</span>}
            <span class="label" dir="auto">
              {entry.label}
            </span>
          </div>
        ))}
      </div>
      {entries.length === 0 ? <p class="muted">{texts.palette.nothing}</p> : null}
    </div>
  );
}
