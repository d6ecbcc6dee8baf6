import { z } from 'zod';
import { allowedName, nameForm } from '../../domain/names.ts';
import { parseSpan } from '../../domain/span.ts';
import { sslModes } from '../../store/tls.ts';
import { parseDatabaseUrl, readPorts } from './database-url.ts';
import { ofProject } from './project/project.ts';
import { parseRedisUrl } from './redis-url.ts';
import { filePath, host, hosts, oneOf, plainName, setting, text, wholeNumber, yesOrNo } from './setting.ts';

// Every variable, once: its allowed values, its parsed value, and its default. docs/configuration.md tells the same to
// users.

const port = wholeNumber(1, 65_535);

/**
 * The address of a PostgreSQL server, in one variable. DATABASE_URL is everybody's: only GOAL_AGENT_DATABASE makes it
 * ours.
 */
export const databaseUrls = z.object({
  GOAL_AGENT_DATABASE_URL: setting(parseDatabaseUrl),
  DATABASE_URL: setting(parseDatabaseUrl),
});

/** The same in parts. */
export const databaseParts = z.object({
  POSTGRES_HOST: hosts(),
  POSTGRES_PORT: setting((value) => {
    const ports = readPorts(value);
    return ports === undefined ? { allowed: 'a whole number from 1 to 65535' } : { value: ports };
  }),
  POSTGRES_DB: plainName(),
  POSTGRES_USER: plainName(),
  POSTGRES_PASSWORD: z.string().optional(),
});

export const databaseTls = z.object({
  POSTGRES_SSL_MODE: oneOf(sslModes),
  POSTGRES_SSL_ROOT_CERT: filePath(),
  POSTGRES_SSL_CERT: filePath(),
  POSTGRES_SSL_KEY: filePath(),
});

export const cacheUrls = z.object({
  GOAL_AGENT_REDIS_URL: setting(parseRedisUrl),
  REDIS_URL: setting(parseRedisUrl),
});

export const cacheParts = z.object({
  REDIS_HOST: host(),
  REDIS_PORT: port,
  REDIS_DB: wholeNumber(0, 1_000_000),
  REDIS_PASSWORD: z.string().optional(),
});

/** All variables that do not belong to one server: each comes from the first place that sets it. */
export const plainVariables = z.object({
  GOAL_AGENT_DATABASE: choice(
    ['embedded', 'DATABASE_URL'],
    'embedded, or DATABASE_URL to use the variable of that name; put a URL into GOAL_AGENT_DATABASE_URL',
  ),
  POSTGRES_POOL_SIZE: wholeNumber(1, 1000).default(10),
  POSTGRES_MAX_OVERFLOW: wholeNumber(0, 1000).default(20),
  POSTGRES_PREPARED: yesOrNo().default(true),
  GOAL_AGENT_CACHE: choice(
    ['off', 'REDIS_URL'],
    'off, or REDIS_URL to use the variable of that name; put a URL into GOAL_AGENT_REDIS_URL',
  ),
  CACHE_ENABLED: yesOrNo(),
  GOAL_AGENT_HOME: filePath(),
  GOAL_AGENT_WORKSPACE: setting((value) =>
    nameForm.test(value) || value === ofProject ? { value } : { allowed: `${allowedName}; or ${ofProject}` },
  ).default('default'),
  GOAL_AGENT_TIMEOUT: setting((value) => {
    const seconds = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
    return seconds >= 0.1 && seconds <= 86_400 ? { value: seconds } : { allowed: 'seconds, from 0.1 to 86400' };
  }).default(30),
  GOAL_AGENT_MAX_WORKERS: wholeNumber(1, 100).default(5),
  GOAL_AGENT_HOST: host().default('127.0.0.1'),
  GOAL_AGENT_PORT: wholeNumber(0, 65_535).default(7432),
  GOAL_AGENT_PUBLIC_URL: webUrl('the http or https URL of the service, as https://goals.example.com'),
  GOAL_AGENT_OAUTH_ISSUER: webUrl('the http or https URL of an issuer of OAuth 2.1 tokens'),
  GOAL_AGENT_OAUTH_AUDIENCE: text(),
  GOAL_AGENT_OAUTH_SCOPES: setting((value) => {
    const scopes = value.split(',').map((part) => part.trim());
    const [reader, writer, admin] = scopes;
    const areScopes = scopes.length === 3 && scopes.every((scope) => /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/.test(scope));
    if (areScopes && reader && writer && admin) return { value: { reader, writer, admin } };
    return { allowed: 'three scopes with commas between them: those of a reader, a writer and an admin' };
  }).default({ reader: 'goals:read', writer: 'goals:write', admin: 'goals:admin' }),
  GOAL_AGENT_BACKUP_DIR: filePath(),
  GOAL_AGENT_BACKUP_EVERY: setting((value) => {
    const seconds = parseSpan(value, { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 });
    return seconds !== undefined && seconds >= 60 && seconds <= 31_536_000
      ? { value: seconds }
      : { allowed: 'a time from 1m to 52w, as 12h or 1d' };
  }).default(86_400),
  GOAL_AGENT_BACKUP_KEEP: wholeNumber(1, 10_000).default(7),
  GOAL_AGENT_RATE_LIMIT: wholeNumber(1, 1_000_000).default(6_000),
  GOAL_AGENT_WEBHOOKS_PRIVATE: yesOrNo().default(false),
  GOAL_AGENT_NAME: text(100),
  GOAL_AGENT_V2_DIR: filePath(),
  GOAL_AGENT_TOOLSETS: setting((value) => {
    const names = value.split(',').map((part) => part.trim());
    return names.every((part) => /^[a-z][a-z0-9_-]*$/.test(part))
      ? { value: names }
      : { allowed: 'names with commas between them: core,team' };
  }).default(['core', 'team']),
  GOAL_AGENT_READ_ONLY: yesOrNo().default(false),
});

export type PlainSettings = z.infer<typeof plainVariables>;

/** GOAL_AGENT_ENV is read before all others: it says where they are. */
export const knownVariables: ReadonlySet<string> = new Set([
  'GOAL_AGENT_ENV',
  ...[databaseUrls, databaseParts, databaseTls, cacheUrls, cacheParts, plainVariables].flatMap(({ shape }) =>
    Object.keys(shape),
  ),
]);

function choice<const T extends string>(choices: readonly T[], allowed: string) {
  return setting((value) => {
    const meant = choices.find((each) => each.toLowerCase() === value.toLowerCase());
    return meant === undefined ? { allowed } : { value: meant };
  });
}

function webUrl(allowed: string) {
  return setting((value) => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    const isPlain = url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '';
    return isPlain ? { value: url } : { allowed };
  });
}
