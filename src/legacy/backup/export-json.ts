import { open } from 'node:fs/promises';
import { GoalAgentError } from '../../domain/errors.ts';
import { writeJson } from '../../domain/json-text.ts';
import { type Call, read } from '../../service/call.ts';
import { type Rows, type Run, step } from '../../store/database.ts';
import { exportGoals } from '../../store/statements/export-goals.ts';
import { exportEvents, exportOperations } from '../../store/statements/export-history.ts';
import { exportImports } from '../../store/statements/export-imports.ts';
import { exportNotes } from '../../store/statements/export-notes.ts';
import { exportTasks } from '../../store/statements/export-tasks.ts';
import { exportTemplates } from '../../store/statements/export-templates.ts';
import { listCounters } from '../../store/statements/list-counters.ts';
import { formatName, formatVersion } from './format.ts';

/** The number of rows of each kind in a file. */
export type Exported = Record<'goals' | 'tasks' | 'notes' | 'events' | 'imports', number>;

/**
 * Writes the whole workspace, as it is at one moment, to a file that does not exist yet. Each row is a line; therefore
 * two exports can be compared.
 *
 * @throws GoalAgentError `conflict` when the file exists, `configuration` when it cannot be written.
 */
export async function exportJson(call: Call, file: string): Promise<Exported> {
  return writeExport(file, await read(call, exportSteps(call.store.workspaceId)));
}

/** The same in a transaction in which nobody can change a row of the workspace. */
export async function exportJsonWithin(run: Run, workspaceId: number, file: string): Promise<Exported> {
  return writeExport(file, await run(exportSteps(workspaceId)));
}

function exportSteps(workspaceId: number) {
  const params = { workspaceId };
  return {
    counters: step(listCounters, params),
    goals: step(exportGoals, params),
    tasks: step(exportTasks, params),
    notes: step(exportNotes, params),
    operations: step(exportOperations, params),
    events: step(exportEvents, params),
    imports: step(exportImports, params),
    templates: step(exportTemplates, params),
  };
}

async function writeExport(file: string, rows: Rows<ReturnType<typeof exportSteps>>): Promise<Exported> {
  const { counters, goals, tasks, notes, operations, events, imports, templates } = rows;
  const nexts = Object.fromEntries(counters.map(({ kind, next }) => [kind, next]));
  const head = [`"format": "${formatName}"`, `"version": ${formatVersion}`, `"counters": ${JSON.stringify(nexts)}`];
  await writeLines(file, head, { goals, tasks, notes, operations, events, imports, templates });
  return {
    goals: goals.length,
    tasks: tasks.length,
    notes: notes.length,
    events: events.length,
    imports: imports.length,
  };
}

async function writeLines(file: string, head: string[], lists: Record<string, unknown[]>): Promise<void> {
  // only its owner may read it: descriptions and results are nobody else's business
  const handle = await open(file, 'wx', 0o600).catch((error) => {
    throw cannotWrite(file, error);
  });
  try {
    await handle.write(`{\n${head.join(',\n')}`);
    for (const [name, rows] of Object.entries(lists)) {
      await handle.write(`,\n"${name}": [`);
      for (let start = 0; start < rows.length; start += 1_000) {
        const lines = rows.slice(start, start + 1_000).map((row) => writeJson(row));
        await handle.write(`${start === 0 ? '\n' : ',\n'}${lines.join(',\n')}`);
      }
      await handle.write(rows.length === 0 ? ']' : '\n]');
    }
    await handle.write('\n}\n');
    await handle.sync();
  } catch (error) {
    throw cannotWrite(file, error);
  } finally {
    await handle.close();
  }
}

/** A file is never overwritten: it may be the only copy of something. */
export function cannotWrite(file: string, error: unknown): GoalAgentError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  return code === 'EEXIST'
    ? new GoalAgentError('conflict', `${file} exists already and was not touched. Choose another name.`)
    : new GoalAgentError('invalid', `${file} cannot be written (${code}). The part that was written is not complete.`, {
        cause: error,
      });
}
