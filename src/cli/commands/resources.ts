import type { Command } from 'commander';
import { longestName, named } from '../../domain/stored-text.ts';
import { listHeld } from '../../service/resources.ts';
import { acquire } from '../../tools/acquire.ts';
import { othersName } from '../../tools/answers/held-names.ts';
import { release } from '../../tools/release.ts';
import type { Actions } from '../actions.ts';
import type { JsonOption } from '../answers.ts';
import { example, seconds, several, withJson } from '../arguments.ts';
import { look, printJson, show } from '../render/output.ts';
import { table } from '../render/table.ts';
import { wrapped } from '../render/text.ts';
import { clock } from '../render/time.ts';
import { untilStopped } from '../until-stopped.ts';

interface AcquireAnswer {
  held: { name: string; shared: boolean; lease_expires_at: string }[];
  not_acquired?: { name: string; reason: string }[];
}

interface AcquireOptions extends JsonOption {
  shared?: boolean;
  lease?: number;
  wait?: number;
}

/** Names that are listed at most: more than anybody reads. */
const mostListed = 200;

/** Adds acquire, release and held. */
export function addResourceCommands(program: Command, actions: Actions): void {
  const take = program
    .command('acquire')
    .argument('<names...>', 'what nobody else is to use meanwhile: "src/auth/**", staging', several)
    .option('-s, --shared', 'others may hold it, too, as long as they share it')
    .option('-l, --lease <time>', 'how long: 30m, 2h (default: 15m)', seconds)
    .option('-w, --wait <time>', 'how long to wait where somebody holds it, 5m at most; Ctrl+C ends it', seconds)
    .description('hold files or anything else by name, all of the names or none');
  example(withJson(take), 'goal-agent acquire "src/auth/**" staging --lease 1h').action(
    (names: string[], options: AcquireOptions) => runAcquire(actions, names, options),
  );
  const give = program
    .command('release')
    .argument('<names...>', 'names that you acquired', several)
    .description('give back names that you acquired');
  example(withJson(give), 'goal-agent release staging').action((names: string[], options: JsonOption) =>
    runRelease(actions, names, options),
  );
  const list = program.command('held').description('who holds which names, until when');
  example(withJson(list), 'goal-agent held').action((options: JsonOption) => runHeld(actions, options));
}

async function runAcquire(
  actions: Actions,
  names: string[],
  { json, shared, lease, wait }: AcquireOptions,
): Promise<void> {
  const args = { names, shared, lease_seconds: lease, wait_seconds: wait };
  const answer = await actions.withTools((host) =>
    untilStopped((signal) => host.run<AcquireAnswer>(acquire, args, signal)),
  );
  if (answer === undefined) return;
  const { held, not_acquired = [] } = answer;
  const { colours } = look();
  if (json) printJson(answer);
  else
    await show([
      ...held.flatMap((each) =>
        wrapped(`${named(each.name, longestName)} is yours until ${clock(each.lease_expires_at)}`, look()),
      ),
      ...not_acquired.flatMap(({ reason }) => wrapped(reason, look())).map(colours.warning),
    ]);
  if (held.length === 0) process.exitCode = 1;
}

async function runRelease(actions: Actions, names: string[], { json }: JsonOption): Promise<void> {
  const answer = await actions.withTools((host) =>
    host.run<{ released: string[]; not_held?: string[] }>(release, { names }),
  );
  const { released, not_held = [] } = answer;
  const { colours } = look();
  if (json) printJson(answer);
  else
    await show([
      ...(released.length === 0
        ? []
        : wrapped(`Given back: ${released.map((name) => named(name, longestName)).join(', ')}`, look())),
      ...not_held
        .flatMap((name) => wrapped(`${named(name, longestName)}: you do not hold it`, look()))
        .map(colours.warning),
    ]);
  if (released.length === 0) process.exitCode = 1;
}

async function runHeld(actions: Actions, { json }: JsonOption): Promise<void> {
  const held = await actions.withTools(({ call }) => listHeld(call, mostListed));
  const rows = held.map(othersName);
  if (json) return printJson({ resources: rows, total: held[0]?.total ?? 0 });
  const here = look();
  if (rows.length === 0) return show(wrapped('Nobody holds anything.', here));
  const cells = rows.map(({ name, holder, shared, lease_expires_at }) => [
    named(name, longestName),
    { text: `${shared ? 'shared by ' : ''}${named(holder, longestName)}`, paint: here.colours.accent },
    { text: `until ${clock(lease_expires_at)}`, paint: here.colours.muted },
  ]);
  await show(table(cells, [{ flex: true }, {}, {}], here));
}
