import { defineConfig } from 'vitest/config';
import { findServerPostgres } from './test/support/find-server-postgres.ts';

const shared = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  pool: 'forks' as const,
  globalSetup: ['test/support/global-setup.ts'],
  setupFiles: ['test/support/each-file.ts'],
};

/** The URL of a Citus that is there, or nothing for one that the run starts; undefined where nobody asked (npm run citus). */
const citus = process.env.TEST_CITUS_URL;
const server = findServerPostgres();

/** These start servers of their own. */
const ownServer = ['connection', 'errors', 'pgbouncer', 'standby'].map((name) => `test/store/${name}.test.ts`);
/** What these look at is the same whatever the database's version: once is enough. */
const ofProtocol = [
  ...['board-app', 'definitions', 'early-answers', 'envelope', 'frames', 'lifecycle', 'listed-schema'],
  ...['lost-answers', 'skills', 'toolsets', 'watched-resources'],
].map((name) => `test/mcp/${name}.test.ts`);
/** These repeat for long what their neighbours do once; the older server runs the neighbours. */
const atLength = ['undo/histories', 'undo/races', 'webhooks/deliveries'].map((name) => `test/service/${name}.test.ts`);

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    maxWorkers: 2,
    projects: [
      { test: { ...shared, name: 'embedded', include: ['test/**/*.test.ts'] } },
      // what speaks SQL runs once more on a PostgreSQL of the machine's own, which is older
      ...(server === undefined
        ? []
        : [
            {
              test: {
                ...shared,
                name: `postgres-${server.major}`,
                include: ['test/store/*.test.ts', 'test/service/**/*.test.ts', 'test/mcp/**/*.test.ts'],
                exclude: [...ownServer, ...ofProtocol, ...atLength],
                provide: { server: true },
              },
            },
          ]),
      ...(citus === undefined
        ? []
        : [
            {
              test: {
                ...shared,
                name: 'citus',
                include: ['test/store/citus/*.test.ts', 'test/service/**/*.test.ts', 'test/mcp/**/*.test.ts'],
                exclude: [...ofProtocol, ...atLength],
                provide: { citus },
              },
            },
          ]),
    ],
  },
});
