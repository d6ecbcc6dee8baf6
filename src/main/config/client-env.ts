import path from 'node:path';
import type { Used } from './place.ts';

const secret = /PASSWORD$|_URL$/;
const isPath = /^GOAL_AGENT_(?:HOME|V2_DIR)$|^POSTGRES_SSL_(?:ROOT_CERT|CERT|KEY)$/;

/**
 * The `env` block that gives a client's server these settings: clients start the server elsewhere, and many of them
 * without the shell's variables. Possible secrets stand as `…`, and paths are absolute.
 */
export function clientEnv(used: readonly Used[], envFile: string | undefined, cwd: string): Record<string, string> {
  const fromEnvironment = used.filter(({ place }) => place.file === undefined);
  const block = fromEnvironment.map(({ name, place }) => {
    const value = place.values[name] ?? '';
    if (secret.test(name)) return [name, '…'];
    const stays = !isPath.test(name) || value === 'system' || value.startsWith('~');
    return [name, stays ? value : path.resolve(cwd, value)];
  });
  return Object.fromEntries([...(envFile === undefined ? [] : [['GOAL_AGENT_ENV', envFile]]), ...block]);
}
