import { z } from 'zod';
import { type Ask, systemPrompt } from './model.ts';
import { post } from './post.ts';

const Answer = z.object({
  content: z.array(
    z.union([
      z.object({ type: z.literal('tool_use'), name: z.string(), input: z.record(z.string(), z.unknown()) }),
      z.object({ type: z.literal('text'), text: z.string() }),
      z.object({ type: z.string() }),
    ]),
  ),
});

/** The Messages API. */
export const askAnthropic: Ask = async ({ model, url, key }, question) => {
  const body = {
    model,
    max_tokens: 2_000,
    system: systemPrompt(question),
    tools: question.tools.map(({ name, description, inputSchema }) => ({
      name,
      description,
      input_schema: inputSchema,
    })),
    messages: [{ role: 'user', content: question.says }],
  };
  const headers = { 'anthropic-version': '2023-06-01', ...(key !== undefined && { 'x-api-key': key }) };
  const { content } = Answer.parse(await post(`${url}/v1/messages`, headers, body));
  const words = content.map((part) => ('text' in part ? part.text : '')).join('');
  const used = content.find((part) => 'input' in part);
  return used === undefined ? { words } : { words, call: { tool: used.name, input: used.input } };
};
