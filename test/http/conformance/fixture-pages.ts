import { completable, type McpServer, ResourceTemplate } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { png } from './fixture-tools.ts';

const user = (content: PromptContent) => ({ role: 'user' as const, content });
const text = (said: string) => ({ type: 'text' as const, text: said });

type PromptContent =
  | ReturnType<typeof text>
  | { type: 'image'; data: string; mimeType: string }
  | { type: 'resource'; resource: { uri: string; mimeType: string; text: string } };

/** What the suite's scenarios about resources read. */
export function registerFixtureResources(server: McpServer): void {
  const texts = {
    'test://static-text': 'This is the content of the static text resource.',
    'test://watched-resource': 'Watched',
  };
  for (const [uri, content] of Object.entries(texts)) {
    const mimeType = 'text/plain';
    const config = { description: `The text of ${uri}`, mimeType };
    server.registerResource(uri.slice(7), uri, config, () => ({ contents: [{ uri, mimeType, text: content }] }));
  }
  const binary = { description: 'One red pixel', mimeType: 'image/png' };
  server.registerResource('static-binary', 'test://static-binary', binary, ({ href }) => ({
    contents: [{ uri: href, mimeType: 'image/png', blob: png }],
  }));
  const mimeType = 'application/json';
  const template = new ResourceTemplate('test://template/{id}/data', { list: undefined });
  const data = { description: 'Data of an ID', mimeType };
  server.registerResource('template', template, data, ({ href }, { id }) => ({
    contents: [{ uri: href, mimeType, text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }) }],
  }));
}

/** What the suite's scenarios about prompts and completion ask for. */
export function registerFixturePrompts(server: McpServer): void {
  server.registerPrompt('test_simple_prompt', { description: 'A prompt without arguments' }, () => ({
    messages: [user(text('This is a simple prompt for testing.'))],
  }));
  const argsSchema = z.object({
    arg1: completable(z.string(), (value) => ['paris', 'park', 'party'].filter((each) => each.startsWith(value))),
    arg2: z.string(),
  });
  const withArguments = { description: 'A prompt with two arguments', argsSchema };
  server.registerPrompt('test_prompt_with_arguments', withArguments, ({ arg1, arg2 }) => ({
    messages: [user(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))],
  }));
  const withResource = {
    description: 'A prompt with an embedded resource',
    argsSchema: z.object({ resourceUri: z.string() }),
  };
  server.registerPrompt('test_prompt_with_embedded_resource', withResource, ({ resourceUri: uri }) => ({
    messages: [
      user({
        type: 'resource',
        resource: { uri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' },
      }),
      user(text('Please process the embedded resource above.')),
    ],
  }));
  server.registerPrompt('test_prompt_with_image', { description: 'A prompt with an image' }, () => ({
    messages: [
      user({ type: 'image', data: png, mimeType: 'image/png' }),
      user(text('Please analyze the image above.')),
    ],
  }));
}
