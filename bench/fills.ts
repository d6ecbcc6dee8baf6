import { blockInSql } from '../src/domain/search-words.ts';

// The rows of a filled workspace, a statement for each kind. `$1` is the workspace, `$2` how many tasks there are, `$3` and `$4`
// the first and the last number of the part that is made, and `$5` where the numbers of the history begin.

/** Tasks of each goal of a filled workspace. */
export const tasksPerGoal = 10;

const id = (kind: string, number: string) =>
  `'${kind}-' || lpad(${number}::text, greatest(4, length(${number}::text)), '0')`;
/** A number that looks random, below `many`. */
const spread = (number: string, many: number) => `(${number} * 7919 % 1000003 % ${many})`;
/** Made in the order of its number, in the course of a year. */
const madeAt = (number: string, of: string) => `now() - interval '365 days' * (1 - ${number}::float8 / ${of})`;
const words = (texts: readonly string[], kind: string, number: string) => `(
    select string_agg('''' || $1::text || '.' || ${blockInSql(number)} || ':' || w.word || ''':' || w.place || 'a', ' ')
    from unnest(array['${kind}', ${texts.join(', ')}]) with ordinality as w (word, place)
  )::tsvector`;

/** Newest goals, which are alike in stores of every size and fill each list of a briefing. */
const front = 40;
const isFront = (goal: string) => `${goal} > $2 / ${tasksPerGoal} - ${front}`;

/** In the older three fifths what is done and given up, then what is under way. */
const goals = `
  select n, ${id('GOAL', 'n')} as id, ${madeAt('n', `($2 / ${tasksPerGoal})`)} as made,
    (case
      when ${isFront('n')} then 'in_progress'
      when n <= $2 / ${tasksPerGoal} * 0.6 then case when ${spread('n', 10)} = 0 then 'cancelled' else 'completed' end
      when ${spread('n', 20)} = 0 then 'planned'
      else 'in_progress'
    end)::goal_status as status,
    (case when n <= $2 / ${tasksPerGoal} * 0.3 and ${spread('n', 7)} = 0 then 'high' when ${spread('n', 3)} = 0 then 'low' else 'medium' end)::priority as priority,
    case
      when n <= 20 then array['old-repo', 'repo-' || n]
      when ${spread('n', 4)} = 0 then '{}'
      else array['repo-' || ${spread('n', 20)}, 'everywhere']
    end as repos,
    case when n % 4 = 0 then array['area-' || n % 10] else '{}' end as labels
  from generate_series($3::int8, $4::int8) as n`;

/**
 * The first four tasks of each goal are done, the fifth is where the work stands, and each waits for the one before. In the
 * newest goals the next three are under way and stuck.
 */
const tasks = `
  select n, ${id('TASK', 'n')} as id, g.id as goal_id, ${madeAt('n', '$2')} as made, (n - 1) % ${tasksPerGoal} as place, g.number as goal,
    (case
      when g.status = 'completed' or (n - 1) % ${tasksPerGoal} < 4 then 'completed'
      when ${isFront('g.number')} then (array['pending', 'in_progress', 'blocked', 'failed', 'pending', 'pending'])[(n - 1) % ${tasksPerGoal} - 3]
      when g.status = 'planned' and n % ${tasksPerGoal} = 0 then 'deferred'
      when (n - 1) % ${tasksPerGoal} > 4 or g.status <> 'in_progress' then 'pending'
      when ${spread('g.number', 100)} < 2 then 'in_progress'
      when ${spread('g.number', 100)} < 4 then 'blocked'
      when ${spread('g.number', 100)} < 6 then 'failed'
      else 'pending'
    end)::task_status as status,
    g.status in ('completed', 'cancelled') as closed,
    g.priority, ${spread('n', 997)} as module,
    case when n <= 20 then '{rare}' when n % 5 = 0 then array['area-' || n / 5 % 8, 'fifth'] else '{}' end as labels,
    case when n % ${tasksPerGoal} = 0 then now() + interval '30 days' * n / $2 end as due_at
  from generate_series($3::int8, $4::int8) as n
  join goals g on g.workspace_id = $1 and g.number = (n - 1) / ${tasksPerGoal} + 1`;

/** Numbers of operations and events that are kept for each goal. */
export const historyPerGoal = 100;
const numbered = (goal: string, place: string) => `$5::int8 + (${goal} - 1) * ${historyPerGoal} + ${place}`;
const done = `t.status = 'completed'`;
const operation = (seq: string, actor: string, at: string) => `
  insert into operations (workspace_id, seq, id, actor, at)
  select $1, ${seq}, gen_random_uuid(), ${actor}, ${at}`;

/** Each runs for a part of the numbers; `$3` and `$4` are the first and the last. */
export const fills: readonly { of: 'goals' | 'tasks'; text: string }[] = [
  {
    of: 'goals',
    text: `
      insert into goals (workspace_id, id, number, description, priority, status, repos, labels, created_at, updated_at, metadata, total_tasks, open_tasks)
      select $1, g.id, g.n, 'goal ' || g.n || ': bring the ' || (array['parser', 'login page', 'index', 'cache', 'report'])[1 + g.n % 5] || ' up to date',
        g.priority, g.status, g.repos, g.labels, g.made, g.made, '{}', ${tasksPerGoal},
        case when g.status = 'completed' then 0 else ${tasksPerGoal} - 4 end
      from (${goals}) g`,
  },
  // of ten goals the first has the third and the fifth as its sub-goals, where all is done
  {
    of: 'goals',
    text: `
      update goals c set parent_goal_id = p.id
      from goals p
      where c.workspace_id = $1 and c.number between $3 and $4 and c.number % 10 in (3, 5) and c.status = 'completed'
        and p.workspace_id = $1 and p.number = c.number - c.number % 10 + 1 and p.status = 'completed'`,
  },
  {
    of: 'goals',
    text: `
      update goals p set total_goals = c.goals
      from (
        select c.parent_goal_id as id, count(*) as goals
        from goals c
        where c.workspace_id = $1 and c.number between $3 and $4 and c.parent_goal_id is not null
        group by c.parent_goal_id
      ) c
      where p.workspace_id = $1 and p.id = c.id`,
  },
  {
    of: 'goals',
    text: `
      insert into goal_repos (workspace_id, number, repo, status, priority)
      select $1, g.number, r.repo, g.status, g.priority
      from goals g
      cross join unnest(g.repos) as r (repo)
      where g.workspace_id = $1 and g.number between $3 and $4`,
  },
  {
    of: 'goals',
    text: `
      insert into goal_labels (workspace_id, number, label, status, priority)
      select $1, g.number, l.label, g.status, g.priority
      from goals g
      cross join unnest(g.labels) as l (label)
      where g.workspace_id = $1 and g.number between $3 and $4`,
  },
  {
    of: 'goals',
    text: `
      insert into goal_words (workspace_id, goal_id, block, words)
      select $1, g.id, ${blockInSql('g.number')}, ${words(["'bring'", "'goal' || g.number", "(array['parser', 'login', 'index', 'cache', 'report'])[1 + g.number % 5]"], 'goal', 'g.number')}
      from goals g
      where g.workspace_id = $1 and g.number between $3 and $4`,
  },
  {
    of: 'tasks',
    text: `
      insert into tasks (workspace_id, id, number, goal_id, description, type, status, priority, repo, assigned_tools,
        created_at, updated_at, completed_at, result, open_dependencies, parked, fence, attempts, labels, due_at, defer_until)
      select $1, t.id, t.n, t.goal_id, 'task ' || t.n || ': change module' || t.module || ' for case' || t.n % 49999 || ', and say in the notes what was found on the way',
        case when t.n <= 200 then 'old' when t.n % 10 = 3 then 'bug' else 'general' end, t.status, t.priority,
        case when t.n <= 200 then 'old-repo' when t.n % 4 > 0 then 'repo-' || t.module % 20 end, '{}',
        t.made, t.made + interval '1 hour', case when ${done} then t.made + interval '1 hour' end,
        case when ${done} then jsonb_build_object('summary', 'changed file' || t.n % 8999 || '.ts') end,
        case when ${done} or t.place < 5 then 0 else 1 end, t.closed and not ${done},
        case when t.status in ('completed', 'in_progress') then 1 else 0 end, case when t.status = 'in_progress' then 1 else 0 end,
        t.labels, t.due_at, case when t.status = 'deferred' then now() + interval '1 year' end
      from (${tasks}) t`,
  },
  {
    of: 'tasks',
    text: `
      insert into task_words (workspace_id, task_id, block, words)
      select $1, t.id, ${blockInSql('t.number')}, ${words(["'change'", "'task' || t.number", "'module' || t.number * 7919 % 1000003 % 997", "'case' || t.number % 49999"], 'task', 't.number')}
      from tasks t
      where t.workspace_id = $1 and t.number between $3 and $4`,
  },
  {
    of: 'tasks',
    text: `
      insert into task_labels (workspace_id, task_id, label, number, priority, status, ready)
      select $1, t.id, l.label, t.number, t.priority, t.status, t.status = 'pending' and t.open_dependencies = 0 and not t.parked
      from tasks t
      cross join unnest(t.labels) as l (label)
      where t.workspace_id = $1 and t.number between $3 and $4`,
  },
  {
    of: 'tasks',
    text: `
      insert into task_dependencies (workspace_id, task_id, depends_on_id, place)
      select $1, ${id('TASK', 'n')}, ${id('TASK', '(n - 1)')}, 1
      from generate_series($3::int8, $4::int8) as n
      where (n - 1) % ${tasksPerGoal} > 0`,
  },
  {
    of: 'tasks',
    text: `
      insert into claims (workspace_id, task_id, holder, expires_at)
      select $1, t.id, 'agent-' || t.number % 40, now() + interval '1 day' + interval '1 second' * (t.number % 1000)
      from tasks t
      where t.workspace_id = $1 and t.number between $3 and $4 and t.status = 'in_progress' and t.number % 3 > 0`,
  },
  // a goal and its tasks are made by one operation; each task that is done was claimed and completed
  {
    of: 'goals',
    text: `${operation(numbered('g.n', '0'), `'planner'`, 'g.made')} from (${goals}) g`,
  },
  {
    of: 'goals',
    text: `
      insert into events (workspace_id, seq, operation, action, goal_id, after)
      select $1, ${numbered('g.number', '1')}, ${numbered('g.number', '0')}, 'created', g.id, to_jsonb(g) - '{workspace_id,updated_at}'::text[]
      from goals g
      where g.workspace_id = $1 and g.number between $3 and $4`,
  },
  {
    of: 'tasks',
    text: `
      insert into events (workspace_id, seq, operation, action, goal_id, task_id, after)
      select $1, ${numbered('t.goal', '2 + t.place')}, ${numbered('t.goal', '0')}, 'created', t.goal_id, t.id,
        jsonb_build_object('id', t.id, 'goal_id', t.goal_id, 'status', 'pending', 'description', 'task ' || t.n || ': change module' || t.module,
          'type', 'general', 'priority', t.priority, 'number', t.n, 'revision', 1, 'dependencies', '[]'::jsonb)
      from (${tasks}) t`,
  },
  {
    of: 'tasks',
    text: `${operation(numbered('t.goal', '12 + t.place * 4 + p.part'), `case when t.n = 11 then 'rare' else 'agent-' || t.n % 40 end`, `t.made + interval '1 hour' * p.part / 2`)}
      from (${tasks}) t
      cross join (values (0), (2)) as p (part)
      where ${done}`,
  },
  {
    of: 'tasks',
    text: `
      insert into events (workspace_id, seq, operation, action, goal_id, task_id, before, after)
      select $1, ${numbered('t.goal', '13 + t.place * 4 + p.part')}, ${numbered('t.goal', '12 + t.place * 4 + p.part')}, p.action, t.goal_id, t.id,
        jsonb_build_object('status', p.was, 'claimed_by', null), jsonb_build_object('status', p.now, 'claimed_by', 'agent-' || t.n % 40)
      from (${tasks}) t
      cross join (values (0, 'claimed', 'pending', 'in_progress'), (2, 'updated', 'in_progress', 'completed')) as p (part, action, was, now)
      where ${done}`,
  },
  // of every hundredth task, what was done was taken back and done again
  {
    of: 'tasks',
    text: `${operation(numbered('t.goal', '54 + t.place'), `'agent-' || t.n % 40`, `t.made + interval '3 hours'`)} from (${tasks}) t where ${done} and t.n % 100 = 1`,
  },
  {
    of: 'tasks',
    text: `
      insert into events (workspace_id, seq, operation, action, goal_id, task_id, before, after, undoes)
      select $1, ${numbered('t.goal', '55 + t.place')}, ${numbered('t.goal', '54 + t.place')}, 'updated', t.goal_id, t.id, '{"status":"completed"}', '{"status":"in_progress"}',
        array[${numbered('t.goal', '14 + t.place * 4')}]
      from (${tasks}) t
      where ${done} and t.n % 100 = 1`,
  },
  {
    of: 'goals',
    text: `
      insert into notes (workspace_id, id, goal_id, actor, text, created_at)
      select $1, g.n, g.id, 'planner', 'a note on goal ' || g.n, g.made
      from (${goals}) g`,
  },
];
