import { beforeAll } from 'vitest';
import { cleanUp } from './after-file.ts';

// what a `beforeAll` gives back runs behind every `afterAll`, and that of the first hook last
beforeAll(() => cleanUp);
