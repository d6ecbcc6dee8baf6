import type { Command } from 'commander';
import type { Actions } from '../actions.ts';
import { example } from '../arguments.ts';
import type { AddOptions } from '../webhooks.ts';

/** Adds `goal-agent webhook`: receivers who are told of changes by HTTP while the service runs. */
export function addWebhookCommands(program: Command, actions: Actions): void {
  // loaded only where it is asked for: servers start with the same program
  const runs = () => import('../webhooks.ts');
  const id = ['<id>', 'as goal-agent webhook list shows it'] as const;
  const webhook = program.command('webhook').description('tell other programs of changes, by HTTP');
  example(webhook.command('add'), 'goal-agent webhook add https://example.com/hooks --events task.completed')
    .argument('<url>', 'where each change is sent to')
    .option('--events <types>', 'only these, with commas between them: task.completed,goal (all that happens to goals)')
    .option('--goal <id>', 'only what concerns this goal')
    .option('--json', 'print the webhook and its secret as JSON')
    .description('send all that changes from now on; prints the secret that signs it, once')
    .action(async (url: string, options: AddOptions) => (await runs()).runAdd(actions, url, options));
  example(webhook.command('list'), 'goal-agent webhook list')
    .option('--json', 'print them as JSON')
    .description('show the webhooks, and what went wrong with them')
    .action(async (options: { json?: boolean }) => (await runs()).runList(actions, options));
  example(webhook.command('remove'), 'goal-agent webhook remove 1')
    .argument(...id)
    .description('send nothing more')
    .action(async (webhookId: string) => (await runs()).runRemove(actions, webhookId));
  example(webhook.command('test'), 'goal-agent webhook test 1')
    .argument(...id)
    .description('send one message of the type webhook.test, and say what the receiver answers')
    .action(async (webhookId: string) => (await runs()).runTest(actions, webhookId));
  example(webhook.command('resume'), 'goal-agent webhook resume 1')
    .argument(...id)
    .description('send again, from where it stopped')
    .action(async (webhookId: string) => (await runs()).runResume(actions, webhookId));
}
