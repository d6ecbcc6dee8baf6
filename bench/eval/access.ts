import { askAnthropic } from './models/anthropic.ts';
import type { Access, Ask } from './models/model.ts';
import { askOpenAi } from './models/openai.ts';

/**
 * How a model is asked: by the Messages API where ANTHROPIC_API_KEY is set, otherwise by that of chat completions, at
 * OPENAI_BASE_URL. `api` settles it where both are.
 * @throws Error where no variable says where.
 */
export function accessTo(
  model: string,
  { api, env }: { api: string | undefined; env: NodeJS.ProcessEnv },
): { api: string; ask: Ask; access: Access } {
  const { ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL, OPENAI_API_KEY, OPENAI_BASE_URL } = env;
  if (api === 'anthropic' || (api === undefined && ANTHROPIC_API_KEY !== undefined)) {
    const url = withoutSlash(ANTHROPIC_BASE_URL ?? 'https://api.anthropic.com');
    return { api: 'anthropic', ask: askAnthropic, access: { model, url, key: ANTHROPIC_API_KEY } };
  }
  if (api !== undefined && api !== 'openai') throw new Error(`--api is anthropic or openai, not ${api}`);
  if (OPENAI_API_KEY === undefined && OPENAI_BASE_URL === undefined)
    throw new Error(
      '--model takes a key: set ANTHROPIC_API_KEY, or OPENAI_API_KEY, or OPENAI_BASE_URL of a local server',
    );
  const url = withoutSlash(OPENAI_BASE_URL ?? 'https://api.openai.com/v1');
  return { api: 'openai', ask: askOpenAi, access: { model, url, key: OPENAI_API_KEY } };
}

const withoutSlash = (url: string) => url.replace(/\/+$/, '');
