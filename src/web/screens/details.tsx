import { useEffect, useState } from 'preact/hooks';
import { changesSeen, loaded, reload } from '../goal/store.ts';
import { Choice } from '../parts/choice.tsx';
import { DateField } from '../parts/date-field.tsx';
import { Editable } from '../parts/editable.tsx';
import { Age, Failure, Skeleton } from '../parts/small.tsx';
import { useAgain } from '../state/again.ts';
import { get, Refusal, request, wordsOf } from '../state/request.ts';
import { tellError } from '../state/toasts.ts';
import { texts } from '../texts.ts';
import { NewSubGoal, ParentField } from './family.tsx';
import { Notes } from './notes.tsx';
import { SaveTemplate } from './save-template.tsx';

interface WholeGoal {
  repos: string[];
  labels?: string[];
  due_at?: string;
  strict?: boolean;
  metadata: Record<string, unknown>;
  created_at: string;
  updated_at: string;
}

const words = texts.goalDetails;

/** What a goal has besides its tasks: notes, repositories, metadata. */
export function Details({ goalId }: { goalId: string }) {
  const [goal, setGoal] = useState<WholeGoal>();
  const [error, setError] = useState<string>();
  const read = () => {
    get<WholeGoal>(`/goals/${goalId}?full=true`).then(
      (found) => {
        setGoal(found);
        setError(undefined);
        again.succeeded();
      },
      (failure) => {
        setError(wordsOf(failure));
        again.failed(failure);
      },
    );
  };
  const again = useAgain(read);
  useEffect(read, [goalId, changesSeen.value]);
  if (goal === undefined) return error === undefined ? <Skeleton /> : <Failure words={error} retry={read} />;
  const path = `/goals/${goalId}`;
  const saved = () => {
    read();
    void reload();
  };
  const setDue = (due_at: string) => request('PATCH', path, { body: { due_at } }).then(saved);
  const setStrict = (strict: boolean) =>
    void request('PATCH', path, { body: { strict } }).then(saved, (error) => {
      saved();
      tellError(error);
    });
  const common = { path, revision: loaded.value?.goal.revision ?? 0, saved };
  return (
    <div class="details">
      <h2 class="hidden">{texts.details}</h2>
      <dl class="fields">
        <dt>{texts.family.partOf}</dt>
        <dd>
          <ParentField goalId={goalId} changed={saved} />
        </dd>
        <dt>{texts.family.subGoals}</dt>
        <dd>
          <NewSubGoal goalId={goalId} />
        </dd>
        <dt>{texts.goalList.template}</dt>
        <dd>
          <SaveTemplate goalId={goalId} />
        </dd>
        <dt>{words.repos}</dt>
        <dd>
          <Editable
            {...common}
            label={words.repos}
            field="repos"
            value={goal.repos.join(', ')}
            read={(row) => (row.repos as string[]).join(', ')}
            send={listIn}
          />
        </dd>
        <dt>{texts.task.labels}</dt>
        <dd>
          <Editable
            {...common}
            label={texts.task.labels}
            field="labels"
            value={(goal.labels ?? []).join(', ')}
            read={(row) => ((row.labels ?? []) as string[]).join(', ')}
            send={listIn}
          />
        </dd>
        <dt>{texts.task.due}</dt>
        <dd>
          <DateField
            label={texts.task.due}
            value={goal.due_at ?? null}
            endOfDay
            save={setDue}
            clear={() => setDue('')}
          />
        </dd>
        <dt>{words.strict}</dt>
        <dd>
          <Choice
            label={words.strict}
            value={goal.strict ? 'yes' : 'no'}
            options={['no', 'yes']}
            words={words.strictness}
            change={(event) => setStrict((event.currentTarget as HTMLSelectElement).value === 'yes')}
          />
        </dd>
        <dt>{words.metadata}</dt>
        <dd>
          <Editable
            {...common}
            label={words.metadata}
            field="metadata"
            value={jsonOf(goal.metadata)}
            read={(row) => jsonOf(row.metadata as WholeGoal['metadata'])}
            send={(text) => metadataChange(goal.metadata, text)}
            long
          />
        </dd>
        <dt>{texts.task.created}</dt>
        <dd>
          <Age at={goal.created_at} />
        </dd>
        <dt>{words.changed}</dt>
        <dd>
          <Age at={goal.updated_at} />
        </dd>
      </dl>
      <Notes path={path} filter={`goal_id=${goalId}`} />
    </div>
  );
}

/** A list that a person writes with commas. */
export function listIn(text: string): string[] {
  return text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function jsonOf(metadata: WholeGoal['metadata']): string {
  return Object.keys(metadata).length === 0 ? '' : JSON.stringify(metadata, null, 2);
}

/** Only what differs, because the service merges it: null removes a key. @throws Refusal for a text that is no object. */
function metadataChange(before: WholeGoal['metadata'], text: string): Record<string, unknown> {
  const after = objectIn(text);
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return Object.fromEntries(changed.map((name) => [name, after[name] ?? null]));
}

function objectIn(text: string): Record<string, unknown> {
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Refusal(400, { detail: words.noJson((error as Error).message) });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Refusal(400, { detail: words.noObject });
}
