import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { undoOf } from '../goal/actions.ts';
import { takeFocus } from '../parts/small.tsx';
import { dayOf } from '../state/clock.ts';
import { get, request } from '../state/request.ts';
import { go, goalPath } from '../state/router.ts';
import { tell, tellError } from '../state/toasts.ts';
import { texts } from '../texts.ts';

const words = texts.goalList;
/** The parameter that the service fills in by itself. */
const ownParameter = 'date';

interface Template {
  name: string;
  description: string;
  tasks: number;
  parameters: string[];
  recurrence?: { next_at: string | null };
}

/** A new goal, described here or made from a template. */
export function NewGoal({ done }: { done: () => void }) {
  const [templates, setTemplates] = useState<Template[]>([]);
  const [chosen, choose] = useState('');
  useEffect(() => {
    get<{ templates: Template[] }>('/templates?limit=200').then(
      (found) => setTemplates(found.templates),
      () => {}, // a client may keep these tools from the page: then there is nothing to choose
    );
  }, []);
  const create = async (path: string, body: object) => {
    try {
      const made = await request<{ id: string } | { goal_id: string }>('POST', path, { body });
      const id = 'id' in made ? made.id : made.goal_id;
      tell(texts.goal.created(id), { undo: undoOf(`goal_id=${id}`) });
      done();
      go(goalPath(id));
    } catch (error) {
      tellError(error);
    }
  };
  const template = templates.find(({ name }) => name === chosen);
  const choice = templates.length === 0 ? null : <TemplateChoice {...{ templates, chosen, choose }} />;
  const common = { choice, create, done };
  return template === undefined ? (
    <FromDescription {...common} />
  ) : (
    <FromTemplate key={template.name} template={template} {...common} />
  );
}

interface FormOptions {
  choice: JSX.Element | null;
  create: (path: string, body: object) => Promise<void>;
  done: () => void;
}

function FromDescription({ choice, create, done }: FormOptions) {
  const [text, setText] = useState('');
  const [priority, setPriority] = useState('medium');
  const submit = (event: Event) => {
    event.preventDefault();
    if (text.trim() !== '') void create('/goals', { description: text.trim(), priority });
  };
  return (
    <form class="new-goal" onSubmit={submit} onKeyDown={(event) => event.key === 'Escape' && done()}>
      <input
        aria-label={words.what}
        placeholder={words.what}
        value={text}
        dir="auto"
        onInput={(event) => setText(event.currentTarget.value)}
        ref={takeFocus}
      />
      {choice}
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
      <Buttons done={done} />
    </form>
  );
}

function FromTemplate({ template, choice, create, done }: FormOptions & { template: Template }) {
  const { name, description, tasks, parameters, recurrence } = template;
  const next = recurrence?.next_at ?? undefined;
  const [values, setValues] = useState<Record<string, string>>({});
  const submit = (event: Event) => {
    event.preventDefault();
    void create(`/templates/${encodeURIComponent(name)}/goals`, { parameters: values });
  };
  return (
    <form class="new-goal" onSubmit={submit} onKeyDown={(event) => event.key === 'Escape' && done()}>
      {choice}
      {parameters
        .filter((each) => each !== ownParameter)
        .map((each, place) => (
          <input
            key={each}
            aria-label={each}
            placeholder={each}
            required
            dir="auto"
            value={values[each] ?? ''}
            onInput={(event) => setValues({ ...values, [each]: event.currentTarget.value })}
            ref={place === 0 ? takeFocus : null}
          />
        ))}
      <Buttons done={done} />
      <p class="muted" dir="auto">
        {words.fromTemplate(description, tasks, next && dayOf(next))}
      </p>
    </form>
  );
}

interface ChoiceOptions {
  templates: Template[];
  chosen: string;
  choose: (name: string) => void;
}

function TemplateChoice({ templates, chosen, choose }: ChoiceOptions) {
  return (
    <select aria-label={words.template} value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
      <option value="">{words.noTemplate}</option>
      {templates.map(({ name }) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

function Buttons({ done }: { done: () => void }) {
  return (
    <>
      <button type="submit" class="primary">
        {words.create}
      </button>
      <button type="button" onClick={done}>
        {texts.cancel}
      </button>
    </>
  );
}
