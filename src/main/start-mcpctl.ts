import { homeOf } from './before-settings.ts';
import { useCompileCache } from './compile-cache.ts';
import { workingDirectory } from './working-directory.ts';

// mcpctl is goal-agent with the commands about the service alone. No client starts it.

const surroundings = { env: process.env, cwd: workingDirectory() };
useCompileCache(homeOf(surroundings));
const { runWith } = await import('./program.ts');
await runWith(process.argv.slice(2), {
  cwd: surroundings.cwd,
  name: 'mcpctl',
  openClient: () => {
    throw new Error('mcpctl serves no client');
  },
});
