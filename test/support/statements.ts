import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { SchemaFunction } from '../../src/store/function.ts';
import type { Statement } from '../../src/store/statement.ts';

const directory = fileURLToPath(new URL('../../src/store/statements', import.meta.url));

/** Files with pieces of several statements. */
const pieces = ['sql.ts', 'columns.ts', 'images.ts', 'label-pieces.ts', 'goal-tree-pieces.ts', 'begun-pieces.ts'];

/** Every statement of ours. */
export async function loadStatements(): Promise<Statement[]> {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.ts') && !pieces.includes(file));
  const modules = await Promise.all(
    files.map((file) => import(/* @vite-ignore */ `../../src/store/statements/${file}`)),
  );
  return modules.flatMap((module) => Object.values(module) as Statement[]);
}

const functionsDirectory = fileURLToPath(new URL('../../src/store/functions', import.meta.url));

/** Every function of the schema. */
export async function loadFunctions(): Promise<SchemaFunction[]> {
  const files = (await readdir(functionsDirectory)).filter(
    (file) => file !== 'index.ts' && !file.endsWith('pieces.ts'),
  );
  const modules = await Promise.all(
    files.map((file) => import(/* @vite-ignore */ `../../src/store/functions/${file}`)),
  );
  return modules.flatMap((module) => Object.values(module) as SchemaFunction[]);
}
