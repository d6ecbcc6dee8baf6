import { Refusal } from '../../state/request.ts';
import { ask, type ToolResult } from './host.ts';

/** What a tool of the server answers. @throws Refusal with the words of the tool. */
export async function callTool<T>(name: string, args: object, signal?: AbortSignal): Promise<T> {
  const { isError, structuredContent, content } = await ask<ToolResult>('tools/call', { name, arguments: args });
  signal?.throwIfAborted();
  const text = content?.find(({ type }) => type === 'text')?.text ?? '';
  if (isError) throw new Refusal(409, { code: 'refused', detail: text });
  // some hosts hand on the text alone, which is the same JSON
  return (structuredContent ?? JSON.parse(text)) as T;
}
