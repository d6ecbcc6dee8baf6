import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { version } from '../../src/main/version.ts';
import { accessTo } from './access.ts';
import { reportReplayed, reportScored } from './report.ts';
import { keepResults } from './results.ts';
import { replayAll, runAgainst } from './run.ts';
import { withService } from './start-service.ts';

// Whether a model finds the right tool: npm run eval -- --model NAME. Without a model, what good agents call is made again.

const folder = fileURLToPath(new URL('../../bench/eval/results/', import.meta.url));
const print = (line: string) => console.log(line);
const { values } = parseArgs({ options: { model: { type: 'string' }, api: { type: 'string' } } });
if (values.model === undefined) {
  print('No --model: the recorded calls are made against the server. CONTRIBUTING.md says how a model is asked.');
  const replayed = await replayAll(withService);
  reportReplayed(replayed, print);
  if (replayed.some(({ wrong }) => wrong !== undefined)) process.exitCode = 1;
} else {
  const { api, ...asked } = accessTo(values.model, { api: values.api, env: process.env });
  const date = new Date();
  print(`Goal Agent ${version}, ${values.model}, ${date.toISOString()}`);
  const scored = await runAgainst(asked, withService);
  reportScored(scored, print);
  print(`kept in ${keepResults(folder, { model: values.model, api, version, date }, scored)}`);
}
