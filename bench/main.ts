import os from 'node:os';
import { parseArgs } from 'node:util';
import { version } from '../src/main/version.ts';
import { step } from '../src/store/database.ts';
import { defineStatement } from '../src/store/statement.ts';
import { benchAgainst } from './against.ts';
import { benchBackup } from './backup.ts';
import { benchBoard } from './board.ts';
import { benchBreakdown } from './breakdown.ts';
import { benchCache } from './cache.ts';
import { benchChanges } from './changes.ts';
import { benchClaims } from './claims.ts';
import { benchCommands } from './commands.ts';
import { benchCore } from './core.ts';
import { benchImport } from './import.ts';
import { benchMemory } from './memory.ts';
import { benchNext } from './next.ts';
import { benchPeers } from './peers.ts';
import { benchPlan } from './plan.ts';
import { benchReady } from './ready.ts';
import { benchSearch } from './search.ts';
import { benchService } from './service.ts';
import { aSetting } from './setting.ts';
import { benchSize } from './size.ts';
import { SqlClock } from './sql-clock.ts';
import { benchStart } from './start.ts';
import { benchThousands } from './thousands.ts';
import { benchTools } from './tools.ts';
import { benchWaits } from './waits.ts';
import { benchWriters } from './writers.ts';

const print = (line: string) => console.log(line);
const { positionals: wanted, values: options } = parseArgs({
  allowPositionals: true,
  options: {
    tasks: { type: 'string', default: '1000000' },
    claims: { type: 'string', default: '100000' },
    calls: { type: 'string', default: '200000' },
    install: { type: 'boolean', default: false },
    against: { type: 'string' },
  },
});
const clock = new SqlClock();
const setting = await aSetting();
try {
  const server = defineStatement({
    name: 'version',
    params: {},
    columns: { version: 'text' },
    text: "select current_setting('server_version') as version",
  });
  const { rows } = await setting.call.store.database.read({ rows: step(server, {}) });
  print(`Goal Agent ${version}, Node ${process.version}, PostgreSQL ${rows[0]?.version} embedded, fsync on`);
  print(
    `${os.platform()} ${os.arch()}, ${os.cpus().length} × ${os.cpus()[0]?.model.trim()}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, load ${os.loadavg()[0]?.toFixed(1)}`,
  );
  const parts: [string, () => Promise<void>][] = [
    ['tools', () => benchTools(setting, clock, print)],
    ['start', () => benchStart(setting, print)],
    ['commands', () => benchCommands(setting, print)],
    ['breakdown', () => benchBreakdown(setting, clock, print)],
    ['claims', () => benchClaims(setting, print)],
    ['next', () => benchNext(setting, print)],
    ['waits', () => benchWaits(setting, print)],
    ['service', () => benchService(setting, print)],
    ['changes', () => benchChanges(setting, print)],
    ['writers', () => benchWriters(setting, print)],
    ['ready', () => benchReady(setting, print)],
    ['plan', () => benchPlan(print)],
    ['cache', () => benchCache(setting, print)],
    ['search', () => benchSearch(setting, print)],
    ['thousands', () => benchThousands(setting, print)],
    ['size', () => benchSize(setting, { tasks: Number(options.tasks), claims: Number(options.claims) }, print)],
    ['memory', () => benchMemory(setting, Number(options.calls), print)],
    ['core', () => benchCore(setting, print)],
    ['board', () => benchBoard(setting, print)],
    ['import', () => benchImport(print)],
    ['peers', () => benchPeers(setting, options, print)],
    ['against', () => benchAgainst(options.against, print)],
    ['backup', () => benchBackup(setting, Number(options.tasks), print)],
  ];
  const names = parts.map(([name]) => name);
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`no benchmark ${unknown.join(', ')}; there are ${names.join(', ')}`);
  for (const [name, bench] of parts) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    print('');
    await bench();
  }
} finally {
  await setting.end();
}
