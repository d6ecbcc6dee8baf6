import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { isServed } from '../../../src/store/embedded/pid-file.ts';
import { findPlace } from '../../../src/store/embedded/place.ts';
import { aMachine, CONTAINER, until } from './support/machine.ts';

const machine = aMachine();
const [program = '', ...args] = CONTAINER;
const canContain = process.platform === 'linux' && spawnSync(program, [...args, 'true']).status === 0;

// PostgreSQL's own guards, a process number and a shared memory segment, mean nothing across containers: two servers on one
// directory would ruin it. The socket does mean something.
describe.runIf(canContain)('two containers with one volume', () => {
  test('share one server, and stopping its container only means a new start for the other', async () => {
    const home = await machine.homeWithDatabase();
    const [inside, outside] = [machine.client({ contained: true }), machine.client()];
    expect((await inside.join({ home })).started).toBe(true);
    expect((await outside.join({ home })).started).toBe(false);
    await inside.query('create table kept as select 42 as number');
    await inside.kill();
    // the kernel ends the container's processes in its own time
    await until(() =>
      outside.query('select 1').then(
        () => false,
        () => true,
      ),
    );
    expect((await outside.join({ home })).started).toBe(true);
    expect(await outside.query('select number from kept')).toEqual([{ number: 42 }]);
  });

  test('see that the other has a server, although its process number says nothing', async () => {
    const home = await machine.homeWithDatabase();
    const inside = machine.client({ contained: true });
    await inside.join({ home });
    const place = await findPlace(home);
    if (!place) throw new Error('no database');
    const said: string[] = [];
    expect(await isServed(place, (line) => said.push(line))).toBe(true);
    expect(said).toEqual([]);
  });
});
