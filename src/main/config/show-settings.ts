import type { ShownSetting, ShownSettings } from '../../cli/actions.ts';
import { settingsOf } from '../config.ts';
import { firstThatSets } from './place.ts';
import { findPlaces, type Surroundings } from './places.ts';
import { mayHoldPassword, schemeOf } from './shown.ts';
import { knownVariables, plainVariables } from './variables.ts';

/** Each setting, the value that counts, and its place. No secret is in it. */
export function showSettings(surroundings: Surroundings): ShownSettings {
  const found = findPlaces(surroundings);
  const { config, refused } = settingsOf(found, surroundings);
  const { told, home, problems = [] } = config === undefined ? refused : { ...config, problems: [] };
  const defaults: Readonly<Record<string, unknown>> = { ...plainVariables.parse({}), GOAL_AGENT_HOME: home };
  const settings = [...knownVariables].map((name): ShownSetting => {
    const used = told.used.find((each) => each.name === name);
    const place = firstThatSets(found.places, name);
    if (place === undefined) {
      const value = defaults[name];
      return { name, value: asWritten(value), from: 'default', is_used: value !== undefined };
    }
    const isUsed = used !== undefined || name === 'GOAL_AGENT_ENV';
    const from = used?.from ?? place.file ?? 'environment';
    const counts = found.places.find(({ file }) => (file ?? 'environment') === from) ?? place;
    return { name, value: withoutSecret(name, counts.values[name] ?? ''), from, is_used: isUsed };
  });
  return { settings, problems, notices: [...told.files, ...told.notices] };
}

/** A default as a person would write it; several values have commas between them. */
function asWritten(value: unknown): string | null {
  if (value === undefined) return null;
  return typeof value === 'object' && value !== null ? Object.values(value).join(',') : String(value);
}

/** The value as anybody may see it. */
export function withoutSecret(name: string, value: string): string {
  if (name.endsWith('_PASSWORD')) return '***';
  if (!name.endsWith('_URL') && !mayHoldPassword(value)) return value;
  if (schemeOf(value) === '' || !URL.canParse(value)) return `${schemeOf(value)}***`;
  const { protocol, username, password, host, pathname, search } = new URL(value);
  // a Redis takes a password alone, which some people write where the user's name belongs
  const isNameOnly = password === '' && /^postgres/.test(protocol);
  const who =
    username === '' && password === '' ? '' : isNameOnly ? `${username}@` : `${shownUser(protocol, username)}***@`;
  return `${protocol}//${who}${host}${pathname}${search === '' ? '' : '?***'}`;
}

function shownUser(protocol: string, username: string): string {
  return /^postgres/.test(protocol) ? `${username}:` : '';
}
