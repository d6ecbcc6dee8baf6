import { test } from 'vitest';
import { aDatabase } from '../support/database.ts';
import { expectHandOver, handOvers } from '../support/hand-over.ts';
import { askOverRest } from '../support/http-faces.ts';
import { aService } from '../support/service-process.ts';

const service = await aService({ database: await aDatabase() });
const askRest = askOverRest(service, { 'x-agent-name': 'carol' });
const ask = async <T>(tool: string, args: Record<string, unknown>) => (await askRest(tool, args)) as T;

test.each(handOvers)('$way hands over what is left of a task whose last attempt ended so: $ending', (each) =>
  expectHandOver(ask, each),
);
