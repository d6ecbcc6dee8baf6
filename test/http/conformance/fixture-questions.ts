import { randomBytes } from 'node:crypto';
import {
  acceptedContent,
  type CallToolResult,
  createRequestStateCodec,
  type InputRequest,
  type InputRequiredResult,
  inputRequired,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { capabilitiesOf } from './fixture-tools.ts';

/** What a question remembers until its answer comes, signed. */
export const states = createRequestStateCodec<{ step: number }>({ key: randomBytes(32) });

type Answer = CallToolResult | InputRequiredResult;

const said = (text: string): Answer => ({ content: [{ type: 'text', text }] });
const askName = elicit('What is your name?', { name: z.string() });
const askConfirmation = elicit('Please confirm', { ok: z.boolean() });

function elicit(message: string, fields: Record<string, z.ZodType>): InputRequest {
  return inputRequired.elicit({ message, requestedSchema: z.object(fields) });
}

function askModel(text: string, maxTokens: number): InputRequest {
  return inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text } }], maxTokens });
}

type Ask = (context: ServerContext) => Answer | Promise<Answer>;

const answers: Record<string, Ask> = {
  elicitation: ({ mcpReq }) => {
    const name = acceptedContent(mcpReq.inputResponses, 'user_name')?.name;
    if (typeof name === 'string') return said(`Hello, ${name}!`);
    return inputRequired({ inputRequests: { user_name: askName } });
  },
  sampling: ({ mcpReq: { inputResponses } }) => {
    const sampled = inputResponses?.capital_question;
    if (sampled !== undefined) return said(JSON.stringify(sampled));
    return inputRequired({ inputRequests: { capital_question: askModel('What is the capital of France?', 100) } });
  },
  list_roots: ({ mcpReq: { inputResponses } }) => {
    const roots = inputResponses?.client_roots;
    if (roots !== undefined) return said(JSON.stringify(roots));
    return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
  },
  request_state: askAndConfirm,
  tampered_state: askAndConfirm,
  multiple_inputs: async ({ mcpReq: { inputResponses = {} } }) => {
    const inputRequests = {
      user_name: askName,
      greeting: askModel('Generate a greeting', 50),
      client_roots: inputRequired.listRoots(),
    };
    if (Object.keys(inputRequests).every((key) => key in inputResponses)) return said('all came');
    return inputRequired({ inputRequests, requestState: await states.mint({ step: 1 }) });
  },
  multi_round: async ({ mcpReq }) => {
    const step = mcpReq.requestState<{ step: number }>()?.step ?? 0;
    const asked = [
      { step1: elicit('Step 1: What is your name?', { name: z.string() }) },
      { step2: elicit('Step 2: What is your favorite color?', { color: z.string() }) },
    ][step];
    if (asked === undefined) return said('done');
    return inputRequired({ inputRequests: asked, requestState: await states.mint({ step: step + 1 }) });
  },
  capabilities: (context) => {
    const { elicitation, sampling } = capabilitiesOf(context);
    return inputRequired({
      inputRequests: {
        ...(elicitation !== undefined && { user_name: askName }),
        ...(sampling !== undefined && { greeting: askModel('Generate a greeting', 50) }),
      },
    });
  },
};

const others: Record<string, Ask> = {
  /** Asks for what its client may not have declared; the SDK refuses such a question. */
  missing_capability: () => inputRequired({ inputRequests: { greeting: askModel('Generate a greeting', 50) } }),
  streaming_elicitation: () => inputRequired({ inputRequests: { user_name: askName } }),
};

/** Tools and a prompt that ask their client before they answer, as 2026-07-28 has it. */
export function registerFixtureQuestions(server: McpServer): void {
  for (const [name, answer] of Object.entries(answers)) {
    server.registerTool(`test_input_required_result_${name}`, { description: `Asks for ${name}` }, answer);
  }
  for (const [name, answer] of Object.entries(others)) {
    server.registerTool(`test_${name}`, { description: `Asks, for ${name}` }, answer);
  }
  const prompt = { description: 'A prompt that asks for its context' };
  server.registerPrompt('test_input_required_result_prompt', prompt, ({ mcpReq }) => {
    const context = acceptedContent(mcpReq.inputResponses, 'user_context')?.context;
    if (typeof context === 'string') {
      return { messages: [{ role: 'user', content: { type: 'text', text: `With ${context}` } }] };
    }
    const asked = elicit('What context should the prompt use?', { context: z.string() });
    return inputRequired({ inputRequests: { user_context: asked } });
  });
}

async function askAndConfirm({ mcpReq }: ServerContext): Promise<Answer> {
  if (mcpReq.requestState() !== undefined) return said('state-ok');
  return inputRequired({ inputRequests: { confirm: askConfirmation }, requestState: await states.mint({ step: 1 }) });
}
