import { type Command, InvalidArgumentError, Option } from 'commander';
import { Role } from '../../domain/principal.ts';
import { parseSpan } from '../../domain/span.ts';
import type { Call } from '../../service/call.ts';
import {
  createToken,
  listTokens,
  longestTokenSeconds,
  type NewToken,
  revokeToken,
  rotateToken,
  type Token,
} from '../../service/tokens.ts';
import { tokenAnswer } from '../../tools/answers/admin-answers.ts';
import type { Actions } from '../actions.ts';
import { example, withJson } from '../arguments.ts';
import { asPerson } from '../personally.ts';
import { look, note, print, printAsIs, printJson } from '../render/output.ts';
import { table } from '../render/table.ts';
import { clock } from '../render/time.ts';

interface Where {
  workspace?: string;
  json?: boolean;
}

interface Expires {
  expires?: number;
}

const actor = 'operator';
const secondsOf = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** Adds `goal-agent token …`: who may call the service. */
export function addTokenCommands(program: Command, actions: Actions): void {
  const group = program.command('token').description('say who may call the service, and as what');
  const on = <T>({ workspace }: Where, work: (call: Call) => Promise<T>) =>
    actions.withCall(actor, work, workspace === undefined ? {} : { workspace, mustExist: true });

  example(
    withWorkspace(group.command('create')),
    'goal-agent token create --name claude-ci --role writer --expires 90d',
  )
    .requiredOption('--name <name>', 'the name that history shows')
    .addOption(
      new Option('--role <role>', 'a reader reads, a writer does all that agents do, an admin also manages tokens')
        .choices(Role.options)
        .makeOptionMandatory(),
    )
    .option('--person', 'it is a person’s, who may meet what no agent may; asks at the terminal')
    .option('--expires <span>', 'how long it counts: 12h, 90d, 52w (default: until it is revoked)', spanOf)
    .description('make a token; it is printed once, and nobody can show it again')
    .action(
      async ({
        name,
        role,
        person,
        expires,
        ...where
      }: Where & Expires & { name: string; role: Role; person?: boolean }) => {
        const kind = person ? ('person' as const) : ('agent' as const);
        const made = confirmed((call) => createToken(call, { name, role, kind, expiresInSeconds: expires }));
        showNew(await on(where, made), where);
      },
    );
  example(withWorkspace(group.command('list')), 'goal-agent token list --all')
    .option('--all', 'with those that were revoked')
    .description('show the tokens of a workspace, and when each was used last')
    .action(async ({ all = false, ...where }: Where & { all?: boolean }) => {
      const tokens = await on(where, listTokens);
      showList(
        tokens.filter((token) => all || token.state !== 'revoked'),
        where,
      );
    });
  example(withWorkspace(group.command('revoke').argument('<name>')), 'goal-agent token revoke claude-ci')
    .description('end a token; within a second nobody gets in with it')
    .action(async (name: string, where: Where) => {
      const token = await on(where, (call) => revokeToken(call, name));
      if (where.json) printJson(tokenAnswer(token));
      else print(`The token ${name} is revoked.`);
    });
  example(withWorkspace(group.command('rotate').argument('<name>')), 'goal-agent token rotate claude-ci')
    .option('--expires <span>', 'how long the new one counts (default: as long as the old one did)', spanOf)
    .description('put a new secret in the place of a token’s; the old one ends')
    .action(async (name: string, { expires, ...where }: Where & Expires) =>
      showNew(
        await on(
          where,
          confirmed((call) => rotateToken(call, { name, expiresInSeconds: expires })),
        ),
        where,
      ),
    );
}

/** What an agent may not do is done on the word of the person at the terminal. */
const confirmed =
  <T>(work: (call: Call) => Promise<T>) =>
  (call: Call) =>
    asPerson(
      () => work(call),
      () => work({ ...call, isConfirmed: true }),
    );

function withWorkspace(command: Command): Command {
  return withJson(command.option('--workspace <name>', 'the workspace that it belongs to (GOAL_AGENT_WORKSPACE)'));
}

function spanOf(value: string): number {
  const seconds = parseSpan(value, secondsOf);
  if (seconds !== undefined && seconds >= 60 && seconds <= longestTokenSeconds) return seconds;
  throw new InvalidArgumentError('Write a span from a minute to a hundred years, such as 12h, 90d or 52w.');
}

/** On stdout the secret stands alone, so that a script can take it from there. */
function showNew({ secret, token }: NewToken, { json = false }: Where): void {
  if (json) {
    printJson({ ...tokenAnswer(token), secret });
    return;
  }
  printAsIs(secret);
  const until = token.expiresAt === null ? 'until it is revoked' : `until ${clock(token.expiresAt)}`;
  note(
    `This is the token of ${token.name} (${token.role}${token.kind === 'person' ? ', a person' : ''}), and it is shown this once. It counts ${until}.`,
  );
}

function showList(tokens: Token[], { json = false }: Where): void {
  if (json) {
    printJson(tokens.map(tokenAnswer));
    return;
  }
  if (tokens.length === 0) {
    print('There is no token. goal-agent token create --name … --role … makes one.');
    return;
  }
  const rows = tokens.map(({ name, role, kind, state, expiresAt, lastUsedAt }) => [
    ...[name, role, kind, state],
    ...[expiresAt === null ? 'never' : clock(expiresAt), lastUsedAt === null ? 'never' : clock(lastUsedAt)],
  ]);
  const head = ['NAME', 'ROLE', 'KIND', 'STATE', 'EXPIRES', 'LAST USED'];
  for (const line of table([head, ...rows], [{ keep: true }, {}, {}, {}, {}, {}], look())) print(line);
}
