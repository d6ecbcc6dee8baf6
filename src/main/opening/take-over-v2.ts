import path from 'node:path';
import { progressLine } from '../../cli/progress.ts';
import type { TakenOver } from '../../legacy/v2/take-over.ts';
import type { Config } from '../config.ts';
import { withCallOn } from './call-on-source.ts';
import type { Source } from './database-source.ts';

/**
 * Takes over the v2 files in the places where v2 kept them, once for each content, before the first call. It throws
 * nothing for files that it cannot understand: the answer tells of them.
 */
export async function takeOver(config: Config, source: Pick<Source, 'connect'>): Promise<TakenOver[]> {
  // a start without such files must not load the code that reads them
  const { directoriesWithV2Files, takeOverV2 } = await import('../../legacy/v2/take-over.ts');
  const ours = { path: path.join(config.home, 'data', 'goals'), isNamed: true };
  const directories = await directoriesWithV2Files([ours, config.v2Directory]);
  if (directories.length === 0) return [];
  const progress = progressLine('importing v2 data');
  try {
    return await withCallOn(source, { config, actor: 'import v2' }, (call) =>
      takeOverV2(call, directories, progress.show),
    );
  } finally {
    progress.end();
  }
}
