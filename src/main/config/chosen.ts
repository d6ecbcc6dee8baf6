import { firstThatSets, type Place, setIn, tellUnused, type Used } from './place.ts';

/** The result of a server's settings, with the messages about them: `problems` stop the start, `notices` do not. */
export interface Chosen<T> {
  value: T;
  /** The variable that decided, and its place: for the log and get_agent_status. Never a value. */
  from: string;
  used: Used[];
  problems: string[];
  notices: string[];
}

interface Leftovers {
  places: readonly Place[];
  /** The variables of this kind of server. */
  names: readonly string[];
  used: readonly Used[];
  because: string;
}

/** Names the variables that are not used, in one sentence for each place. */
export function tellLeftovers({ places, names, used, because }: Leftovers): string[] {
  return places.flatMap((place) => {
    const left = setIn(place, names).filter((name) => !used.some((each) => each.name === name && each.place === place));
    return left.length === 0 ? [] : `${tellUnused(left, place)}: ${because}.`;
  });
}

/**
 * The place that sets `asks`, unless an earlier place has a URL of ours: as everywhere, the earlier place wins. A
 * variable that other programs use too never wins: `embedded` settles it.
 */
export function whoAsks(places: readonly Place[], asks: string, ownUrl: string): Place | undefined {
  const asking = firstThatSets(places, asks);
  const own = firstThatSets(places, ownUrl);
  const isOverruled = own !== undefined && asking !== undefined && places.indexOf(own) < places.indexOf(asking);
  return isOverruled ? undefined : asking;
}
