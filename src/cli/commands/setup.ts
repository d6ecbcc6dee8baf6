import { type Command, Option } from 'commander';
import type { Actions } from '../actions.ts';
import { example } from '../arguments.ts';
import type { SetupOptions } from '../setup/options.ts';

/** Adds `goal-agent setup`: connects a client, and takes that back. */
export function addSetupCommand(program: Command, actions: Actions): void {
  example(program.command('setup'), 'goal-agent setup cursor --workspace ledger')
    .argument(
      '[client...]',
      'claude-desktop, claude-code, cursor, vscode, codex, gemini, windsurf, zed, opencode, cline, copilot, qwen, continue; without a name it asks',
    )
    .addOption(
      new Option('--scope <scope>', 'for all your projects, or for the one in this directory')
        .choices(['user', 'project'])
        .default('user'),
    )
    .option('--remote <url>', 'connect to a running service, as http://127.0.0.1:7432/mcp')
    .option('--token <token>', 'what the client shows to that service')
    .option(
      '--workspace <name>',
      'use this workspace; @project gives each project one of its own (GOAL_AGENT_WORKSPACE)',
    )
    .option('--yes', 'change the files without a question')
    .option('--print', 'only show what would change')
    .option('--undo', 'take back what setup did')
    .option('--check', 'start each configured entry as its client does, and list its tools')
    .option('--instructions [file]', "write how to use Goal Agent into the agents' file (default AGENTS.md)")
    .option('--json', 'with --check, print the result as JSON')
    .description("add Goal Agent to a client's configuration, after showing the change")
    // loaded only where it is asked for: other commands start faster without it
    .action(async (names: string[], options: SetupOptions) =>
      (await import('../setup/run-setup.ts')).runSetup(actions, names, options),
    );
}
