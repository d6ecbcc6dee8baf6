import type { Backup } from './backups.ts';
import type { Client } from './clients.ts';
import { type ConfigEditor, valueAt } from './config-editor.ts';
import { jsonEditor } from './json-edit.ts';
import { type Entry, isRecord, mergeEntry } from './server-entry.ts';
import { onText, type TextFile } from './text-file.ts';
import { tomlEditor } from './toml-edit.ts';
import { yamlEditor } from './yaml-edit.ts';

/** The name of our entry. No other entry is ever changed. */
export const entryName = 'goal-agent';

type Format = Pick<Client, 'format' | 'keys'>;

function editorOf({ format }: Format): ConfigEditor {
  return { json: jsonEditor, toml: tomlEditor, yaml: yamlEditor }[format];
}

function pathOf({ keys }: Format): string[] {
  return [...keys, entryName];
}

/** Our entry in a client's file. @throws GoalAgentError where the file cannot be read as its format. */
export function findEntry({ file, text = '' }: TextFile, client: Format): unknown {
  return onText(file, text, (inner) => valueAt(editorOf(client).read(inner), pathOf(client))).result;
}

/** The text with our entry as `wanted`, and what else a person wrote into that entry. The same text where it is so already. */
export function withEntry(found: TextFile, client: Format, wanted: Entry): string {
  const existing = findEntry(found, client);
  return withExactly(found, client, mergeEntry(existing, wanted));
}

function withExactly({ file, text = '' }: TextFile, client: Format, entry: unknown): string {
  const editor = editorOf(client);
  const { mark, result } = onText(file, text, (inner) => {
    const isThere = JSON.stringify(valueAt(editor.read(inner), pathOf(client))) === JSON.stringify(entry);
    return isThere ? inner : editor.set(inner, pathOf(client), entry);
  });
  return mark + result;
}

/**
 * The text without what setup did; undefined where the file has to go. Without a change by anybody else, that is the
 * text of the backup to the byte. Otherwise only our entry goes back to what it was.
 */
export function withoutSetup(found: TextFile, client: Format, backup: Backup | undefined): string | undefined {
  const entry = findEntry(found, client);
  if (entry === undefined) return found.text;
  const before = backup?.text;
  const original: TextFile = { ...found, text: before };
  if (withExactly(original, client, entry) === found.text) return before;
  const old = before === undefined ? undefined : findEntry(original, client);
  if (old !== undefined) return withExactly(found, client, old);
  return withoutEntry(found, client, before ?? '');
}

/** Takes what holds our entry alone with it, where that was not there before. */
function withoutEntry({ file, text = '' }: TextFile, client: Format, before: string): string {
  const editor = editorOf(client);
  const had = onText(file, before, (inner) => editor.read(inner)).result;
  const { mark, result } = onText(file, text, (inner) => {
    const now = editor.read(inner);
    const path = pathOf(client);
    while (path.length > 1) {
      const parent = path.slice(0, -1);
      const holder = valueAt(now, parent);
      if (valueAt(had, parent) !== undefined || !isRecord(holder) || Object.keys(holder).length > 1) break;
      path.pop();
    }
    return editor.remove(inner, path);
  });
  return mark + result;
}
