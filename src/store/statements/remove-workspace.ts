import { defineStatement } from '../statement.ts';

// All rows of one workspace, table by table, those that others refer to last: docs/decisions/workspaces.md. A test holds that
// no table is forgotten. Here alone history is deleted, with the whole workspace, after it was exported.

function removal<const T extends string>(table: T) {
  return defineStatement({
    name: `remove_all_${table}`,
    params: { workspaceId: 'int8' },
    columns: {},
    text: `
    delete from ${table}
    where workspace_id = $1`,
  });
}

export const removeReadyStarts = removal('ready_starts');
export const removeGoalRepos = removal('goal_repos');
export const removeGoalLabels = removal('goal_labels');
export const removeTaskLabels = removal('task_labels');
export const removeGoalWords = removal('goal_words');
export const removeTaskWords = removal('task_words');
export const removeNoteWords = removal('note_words');
export const removeClaims = removal('claims');
export const removeDependencies = removal('task_dependencies');
export const removeNotes = removal('notes');
export const removeTasks = removal('tasks');
export const removeGoals = removal('goals');
export const removeEvents = removal('events');
export const removeOperations = removal('operations');
export const removeHistoryArchives = removal('history_archives');
export const removeImports = removal('imports');
export const removeTokens = removal('tokens');
export const removeWebhooks = removal('webhooks');
export const removeResources = removal('resources');
export const removeTemplates = removal('templates');
export const removeCounters = removal('counters');

export const removeWorkspace = defineStatement({
  name: 'remove_workspace',
  params: { workspaceId: 'int8' },
  columns: { name: 'text' },
  text: `
    delete from workspaces
    where id = $1
    returning name`,
});
