import type { ServerConnection } from '../../store/connection.ts';
import { type Chosen, tellLeftovers, whoAsks } from './chosen.ts';
import { firstThatSets, type Place, tellUsed, type Used } from './place.ts';
import { type DatabaseUrlName, readServer, serverNames } from './server.ts';
import type { PlainSettings } from './variables.ts';

export type DatabaseConfig = { kind: 'embedded' } | { kind: 'server'; connection: ServerConnection };

const ownUrl = 'GOAL_AGENT_DATABASE_URL';
const asks = 'GOAL_AGENT_DATABASE';

/**
 * The variable that decides about the database; for a server, the one place of all its settings, and its URL's name.
 */
interface Decision {
  by: Used;
  server?: { place: Place; url?: DatabaseUrlName };
}

/**
 * Chooses the database. All settings of a server come from one place: a host of one file with a password of another
 * would send the password to whoever wrote the file (test: strangers.test.ts).
 */
export function chooseDatabase(
  places: readonly Place[],
  asked: PlainSettings['GOAL_AGENT_DATABASE'],
  cwd: string,
): Chosen<DatabaseConfig> {
  const decision = decide(places, asked);
  if (typeof decision === 'string') return embedded(places, undefined, [decision]);
  if (decision?.server === undefined) return embedded(places, decision?.by);
  const { place, url } = decision.server;
  const { connection, used, problems, notices } = readServer(place, url, cwd);
  const from = tellUsed(decision.by);
  return {
    value: { kind: 'server', connection },
    from,
    used,
    problems,
    notices: [...notices, ...tellOthers(places, used, `the database is that of ${from}`)],
  };
}

/** A sentence in place of a decision says what is wrong. */
function decide(places: readonly Place[], asked: PlainSettings['GOAL_AGENT_DATABASE']): Decision | string | undefined {
  const asking = whoAsks(places, asks, ownUrl);
  if (asking !== undefined && asked !== undefined) return asFor(asked, asking, places);
  const place = places.find(namesServer);
  if (place === undefined) return undefined;
  if (place.values[ownUrl] !== undefined) return { by: { name: ownUrl, place }, server: { place, url: ownUrl } };
  const name = place.values.POSTGRES_HOST === undefined ? 'POSTGRES_DB' : 'POSTGRES_HOST';
  return { by: { name, place }, server: { place } };
}

function asFor(asked: 'embedded' | 'DATABASE_URL', asking: Place, places: readonly Place[]): Decision | string {
  const by = { name: asks, place: asking };
  if (asked === 'embedded') return { by };
  const place = firstThatSets(places, asked);
  if (place !== undefined) return { by: { name: asked, place }, server: { place, url: asked } };
  return `${tellUsed(by)} is "${asked}", and no ${asked} is set; allowed: embedded, or ${asked} with it`;
}

/** Every Compose file has a user, a password, a port and some database's name: alone they name no server of ours. */
function namesServer({ values }: Place): boolean {
  return values[ownUrl] !== undefined || values.POSTGRES_HOST !== undefined || values.POSTGRES_DB === 'mcp_goals';
}

function embedded(places: readonly Place[], by: Used | undefined, problems: string[] = []): Chosen<DatabaseConfig> {
  const from = by === undefined ? 'no setting names a server' : tellUsed(by);
  const because =
    by === undefined
      ? 'with neither POSTGRES_HOST nor POSTGRES_DB=mcp_goals it may be meant for another program'
      : `${from} asks for the embedded database`;
  return { value: { kind: 'embedded' }, from, used: [], problems, notices: tellOthers(places, [], because) };
}

function tellOthers(places: readonly Place[], used: readonly Used[], because: string): string[] {
  return [
    ...tellLeftovers({ places, used, names: ['DATABASE_URL'], because: `only ${asks}=DATABASE_URL asks for it` }),
    ...tellLeftovers({ places, used, names: [ownUrl, ...serverNames], because }),
  ];
}
