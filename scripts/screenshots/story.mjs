// A team in the middle of its work, told to a service over REST.

const day = 86_400;

/** Fills an empty service; gives back the IDs of the goals that are shown. */
export async function tellStory(call) {
  const as = (agent) => (method, path, body) => call(method, path, body, agent);
  await older(as('anna'));
  const main = await signIn(as);
  const large = await migration(as);
  await others(as);
  return { main, large };
}

async function goalOf(person, description, { priority = 'medium', repos = [] } = {}) {
  const { id } = await person('POST', '/goals', { description, priority, repos });
  return id;
}

async function tasksOf(person, goalId, subtasks) {
  const { first_task_id, created } = await person('POST', `/goals/${goalId}/tasks`, { subtasks });
  const first = Number(first_task_id.slice(5));
  return Array.from({ length: created }, (_, place) => `TASK-${String(first + place).padStart(4, '0')}`);
}

async function older(anna) {
  const goal = await goalOf(anna, 'Ship version 2.4 of the desktop application', { repos: ['desktop'] });
  const tasks = await tasksOf(
    anna,
    goal,
    ['Freeze the strings', 'Translate 212 new strings', 'Sign the installers', 'Write the release notes'].map(
      (description) => ({
        description,
      }),
    ),
  );
  const updates = tasks.map((task_id) => ({ task_id, status: 'completed' }));
  await anna('POST', '/batches/status', { updates });
}

async function signIn(as) {
  const anna = as('anna');
  const goal = await goalOf(anna, 'Add OAuth sign-in to the API', { priority: 'high', repos: ['api', 'web'] });
  const tasks = await tasksOf(anna, goal, [
    { key: 'compare', description: 'Compare providers: Keycloak, Authentik, Ory Hydra', estimated_effort: '4h' },
    {
      key: 'flow',
      description: 'Design the token flow, with rotation of refresh tokens',
      estimated_effort: '1d',
      dependencies: ['compare'],
    },
    {
      key: 'login',
      description: 'Build /auth/login and /auth/callback',
      estimated_effort: '2d',
      priority: 'high',
      dependencies: ['flow'],
    },
    {
      key: 'page',
      description: 'Add the sign-in page, with light and dark',
      estimated_effort: '1d',
      dependencies: ['flow'],
    },
    {
      key: 'store',
      description: 'Keep sessions in PostgreSQL and end them when a user signs out everywhere',
      estimated_effort: '6h',
      dependencies: ['flow'],
    },
    {
      key: 'tests',
      description: 'Write integration tests against a real provider',
      estimated_effort: '1d',
      dependencies: ['login', 'page', 'store'],
    },
    {
      key: 'limits',
      description: 'Limit attempts by address and by account',
      estimated_effort: '4h',
      priority: 'high',
      dependencies: ['login'],
    },
    { key: 'docs', description: 'Update the docs', estimated_effort: '2h', priority: 'low', dependencies: ['flow'] },
    { key: 'keys', description: 'Get client credentials from the security team', estimated_effort: '30m' },
    {
      key: 'stage',
      description: 'Deploy to staging and sign in with ten test users',
      estimated_effort: '3h',
      dependencies: ['tests', 'keys', 'limits'],
    },
    { key: 'legal', description: 'Let the privacy notice be reviewed', dependencies: ['flow'] },
    {
      key: 'switch',
      description: 'Switch it on for everybody',
      estimated_effort: '1h',
      priority: 'high',
      dependencies: ['stage', 'legal'],
    },
  ]);
  const [compare, flow, login, page, store, , , docs, keys, , legal] = tasks;
  await complete(as('codex-1'), compare, 'Keycloak: the others lack device flow or SAML.');
  await complete(as('claude-7f3a'), flow, {
    tokens: 'rotating',
    lifetime: '15m / 30d',
    decided_in: 'docs/decisions/tokens.md',
  });
  await as('claude-7f3a')('POST', '/claims', { task_ids: [login], lease_seconds: 780 });
  await as('codex-1')('POST', '/claims', { task_ids: [store], lease_seconds: 95 });
  await as('claude-7f3a')('POST', '/resources', { names: ['src/auth/**', 'staging'], lease_seconds: 780 });
  await complete(as('claude-2'), docs, 'docs/auth.md');
  await anna('POST', `/tasks/${keys}/notes`, {
    text: 'Asked on Monday, see https://example.com/tickets/SEC-211. They answer within three days.',
  });
  await anna('PUT', `/tasks/${keys}/status`, { status: 'blocked' });
  await as('claude-7f3a')('POST', `/tasks/${login}/notes`, {
    text: 'PKCE is on for every client, since the mobile app cannot keep a secret.',
  });
  await as('claude-7f3a')('POST', `/tasks/${login}/notes`, {
    text: 'Open question: do we accept more than one redirect URI a client?',
  });
  await anna('PATCH', `/tasks/${login}`, { repo: 'api', jira_ticket: 'API-1204', tools: ['editor', 'postgres'] });
  await anna('PATCH', `/tasks/${page}`, { repo: 'web', labels: ['design'], due_at: '1d' });
  await anna('PATCH', `/tasks/${login}`, { labels: ['security', 'api'], due_at: '3d' });
  await anna('PATCH', `/tasks/${legal}`, { labels: ['legal'] });
  await anna('PATCH', `/tasks/${login}`, {
    add_criteria: ['Every redirect URI is on the list', 'Tokens are rotated', 'human: A second person read the code'],
  });
  await as('claude-7f3a')('PATCH', `/tasks/${login}`, { meet_criteria: [1] });
  for (const [description, done] of [
    ['Sign in on the phone', 1],
    ['Sign in on the desktop', 0],
  ]) {
    const { id } = await anna('POST', '/goals', { description, repos: ['app'], parent_goal_id: goal });
    const below = await tasksOf(anna, id, [{ description: 'Open the browser' }, { description: 'Take the code back' }]);
    for (const task of below.slice(0, done)) await complete(as('codex-2'), task, 'done');
  }
  await anna('PATCH', `/goals/${goal}`, { labels: ['security', 'launch'], due_at: '9d' });
  return { goal, task: login };
}

/** Sixty tasks in layers, as a migration has them. */
async function migration(as) {
  const anna = as('anna');
  const goal = await goalOf(anna, 'Move billing to the new ledger', { priority: 'medium', repos: ['billing'] });
  const areas = ['invoices', 'payments', 'refunds', 'credit notes', 'taxes', 'dunning'];
  const steps = [
    'Map the fields of',
    'Write the schema of',
    'Copy old',
    'Compare sums of',
    'Port the API of',
    'Test',
    'Shadow',
    'Switch',
    'Watch',
    'Drop old',
  ];
  const subtasks = steps.flatMap((step, layer) =>
    areas.map((area, place) => ({
      key: `s${layer}${place}`,
      description: `${step} ${area}`,
      estimated_effort: ['2h', '4h', '1d', '3h', '2d', '1d', '4h', '1h', '2h', '30m'][layer],
      ...(layer === 7 && { priority: 'high' }),
      dependencies:
        layer === 0
          ? []
          : [`s${layer - 1}${place}`, ...(layer % 3 === 1 && place > 0 ? [`s${layer - 1}${place - 1}`] : [])],
    })),
  );
  const tasks = await tasksOf(anna, goal, subtasks);
  for (const id of tasks.slice(0, 8)) await complete(as('codex-1'), id, 'done');
  await as('codex-2')('POST', '/claims', { task_ids: [tasks[8]], lease_seconds: 1500 });
  await as('claude-2')('PUT', `/tasks/${tasks[9]}/status`, {
    status: 'failed',
    result: 'The old table has 3 rows without a currency.',
  });
  return { goal };
}

async function others(as) {
  const anna = as('anna');
  const known = [
    ['Käyttöliittymän saavutettavuusselosteen päivittäminen vastaamaan uusia vaatimuksia', { repos: ['web'] }],
    ['Datenschutzgrundverordnungskonforme Löschfristenüberwachung einführen', { priority: 'high' }],
    ['ログインページのアクセシビリティを改善する', { repos: ['web'] }],
    ['تحسين أداء صفحة البحث', { priority: 'low' }],
    ['Cut cold start of the worker to 200 ms', { repos: ['worker'] }],
    [
      'See https://example.com/a/very/long/address/that/nobody/wraps/by/hand/0123456789012345678901234567890123456789/and/more',
      {},
    ],
  ];
  for (const [place, [description, options]] of known.entries()) {
    const goal = await goalOf(anna, description, options);
    const tasks = await tasksOf(
      anna,
      goal,
      Array.from({ length: 3 + place * 2 }, (_, task) => ({ description: `${description} · ${task + 1}` })),
    );
    for (const id of tasks.slice(0, place)) await complete(as('gemini-1'), id, 'done');
    if (place % 2 === 0)
      await as('gemini-1')('POST', '/claims', { task_ids: [tasks[place]], lease_seconds: 600 + (place * day) / 100 });
  }
  await goalOf(anna, 'Plan the next quarter', { priority: 'low' });
}

async function complete(agent, id, result) {
  await agent('PUT', `/tasks/${id}/status`, { status: 'completed', result });
}
