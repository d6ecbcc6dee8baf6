import { z } from 'zod';
import { type Ask, systemPrompt } from './model.ts';
import { post } from './post.ts';

const Call = z.object({ function: z.object({ name: z.string(), arguments: z.string() }) });
const Answer = z.object({
  choices: z.array(
    z.object({ message: z.object({ content: z.string().nullish(), tool_calls: z.array(Call).nullish() }) }),
  ),
});

/** The chat completions API, which most servers of models have, local ones too. */
export const askOpenAi: Ask = async ({ model, url, key }, question) => {
  const body = {
    model,
    tools: question.tools.map(({ name, description, inputSchema }) => ({
      type: 'function',
      function: { name, description, parameters: inputSchema },
    })),
    messages: [
      { role: 'system', content: systemPrompt(question) },
      { role: 'user', content: question.says },
    ],
  };
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const { choices } = Answer.parse(await post(`${url}/chat/completions`, headers, body));
  const message = choices[0]?.message;
  const words = message?.content ?? '';
  const used = message?.tool_calls?.[0]?.function;
  return used === undefined ? { words } : { words, call: { tool: used.name, input: inputOf(used.arguments) } };
};

/** A model may write arguments that are no JSON: the call is counted with none of them. */
function inputOf(text: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text || '{}'));
  } catch {
    return {};
  }
}
