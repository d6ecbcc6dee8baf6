import { z } from 'zod';
import { sslModes } from '../../store/tls.ts';
import { parseDatabaseUrl, readPorts } from './database-url.ts';
import { parseRedisUrl } from './redis-url.ts';
import { host, hosts, oneOf, setting, text, wholeNumber, yesOrNo } from './setting.ts';

const port = wholeNumber(1, 65_535);
const name = /^[A-Za-z0-9._-]{1,64}$/;

/** Every variable, once: what it may be, what it becomes, and its default. docs/configuration.md tells the same to users. */
export const variables = z.object({
  DATABASE_URL: setting(parseDatabaseUrl),
  POSTGRES_HOST: hosts(),
  POSTGRES_PORT: setting((value) => {
    const ports = readPorts(value);
    return ports === undefined ? { allowed: 'a whole number from 1 to 65535' } : { value: ports };
  }),
  POSTGRES_DB: text(),
  POSTGRES_USER: text(),
  POSTGRES_PASSWORD: z.string().optional(),
  POSTGRES_POOL_SIZE: wholeNumber(1, 1000).default(10),
  POSTGRES_MAX_OVERFLOW: wholeNumber(0, 1000).default(20),
  POSTGRES_PREPARED: yesOrNo().default(true),
  POSTGRES_SSL_MODE: oneOf(sslModes),
  POSTGRES_SSL_ROOT_CERT: text(),
  POSTGRES_SSL_CERT: text(),
  POSTGRES_SSL_KEY: text(),
  REDIS_URL: setting(parseRedisUrl),
  REDIS_HOST: host(),
  REDIS_PORT: port,
  REDIS_DB: wholeNumber(0, 1_000_000),
  REDIS_PASSWORD: z.string().optional(),
  CACHE_ENABLED: yesOrNo(),
  GOAL_AGENT_HOME: text(),
  GOAL_AGENT_WORKSPACE: setting((value) =>
    name.test(value) ? { value } : { allowed: '1 to 64 letters (a to z), digits, ".", "_" and "-"' },
  ).default('default'),
  GOAL_AGENT_TIMEOUT: setting((value) => {
    const seconds = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
    return seconds >= 0.1 && seconds <= 86_400 ? { value: seconds } : { allowed: 'seconds, from 0.1 to 86400' };
  }).default(30),
  GOAL_AGENT_MAX_WORKERS: wholeNumber(1, 100).default(5),
  GOAL_AGENT_HOST: host().default('127.0.0.1'),
  GOAL_AGENT_PORT: port.default(7432),
  GOAL_AGENT_NAME: text(100),
  GOAL_AGENT_V2_DIR: text().default('data/goals'),
  GOAL_AGENT_TOOLSETS: setting((value) => {
    const names = value.split(',').map((part) => part.trim());
    return names.every((part) => /^[a-z][a-z0-9_-]*$/.test(part))
      ? { value: names }
      : { allowed: 'names with commas between them: core,team' };
  }).default(['core', 'team']),
  GOAL_AGENT_READ_ONLY: yesOrNo().default(false),
});

export type Variables = z.infer<typeof variables>;
