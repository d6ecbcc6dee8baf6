/** The work of the session that is counted here and compared with other tools: a goal, its ten tasks, and what each came to. */
export const goal = {
  description: 'Add OAuth sign-in to the API, so that customers can use the accounts they have',
  priority: 'high',
  repos: ['backend'],
};
export const subtasks = [
  { description: 'Compare OAuth providers and choose one', estimated_effort: '4h', priority: 'high' },
  {
    description: 'Design the token flow: lifetimes, refresh, revocation',
    estimated_effort: '1d',
    dependencies: ['#1'],
  },
  { description: 'Add the tables for accounts and sessions', estimated_effort: '4h', dependencies: ['#2'] },
  { description: 'Build /auth/login and /auth/callback', estimated_effort: '2d', dependencies: ['#3'] },
  { description: 'Refresh and revoke tokens', estimated_effort: '1d', dependencies: ['#3'] },
  { description: 'Check tokens on every route of the API', estimated_effort: '1d', dependencies: ['#4'] },
  { description: 'Add the sign-in page', estimated_effort: '1d', repo: 'frontend', dependencies: ['#4'] },
  { description: 'Move users with passwords over', estimated_effort: '2d', dependencies: ['#4', '#5'] },
  { description: 'Write integration tests', estimated_effort: '1d', dependencies: ['#5', '#6', '#7'] },
  { description: 'Update the docs and the changelog', estimated_effort: '2h', priority: 'low', dependencies: ['#9'] },
];
export const result = 'Done in pull request 42: merged, tests pass. Tokens live 15 minutes; see docs/auth.md.';
