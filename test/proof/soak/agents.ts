import type { Client } from '@modelcontextprotocol/client';
import type pg from 'pg';
import { allTools } from '../../support/conversation.ts';
import { type ServerProcess, startServer, type ToolAnswer } from '../../support/server-process.ts';
import type { ServiceProcess } from '../../support/service-process.ts';
import { act, type Hand, type Known } from './actions.ts';
import type { Latency } from './latency.ts';

/** An agent's way to the store; `kill` ends what is at its other end, and the next call finds a new one. */
export interface Way {
  call(tool: string, args: Record<string, unknown>): Promise<ToolAnswer>;
  kill(): void;
  close(): Promise<void>;
}

/** A server process of the agent's own, started again when it is gone. */
export function overStdio(database: pg.ClientConfig, name: string): Way {
  let server: Promise<ServerProcess> | undefined;
  const started = () => {
    server ??= startServer({ database, clientName: name, env: { ...allTools, GOAL_AGENT_NAME: name } });
    return server;
  };
  const leave = async () => {
    const left = server;
    server = undefined;
    await left?.then((each) => each.close()).catch(() => {});
  };
  return {
    async call(tool, args) {
      const current = await started();
      return current.call(tool, args).catch(async (error) => {
        await leave();
        throw error;
      });
    },
    kill: () => void server?.then(({ pid }) => process.kill(pid, 'SIGKILL')).catch(() => {}),
    close: leave,
  };
}

/** A client of the service that runs now. */
export function overHttp(service: () => ServiceProcess, name: string): Way {
  let made: { of: ServiceProcess; client: Promise<Client> } | undefined;
  return {
    async call(name_, args) {
      const of = service();
      if (made?.of !== of) made = { of, client: of.mcpClient('modern', { 'x-agent-name': name }) };
      const client = await made.client.catch((error) => {
        made = undefined;
        throw error;
      });
      const { content, structuredContent, isError } = (await client.callTool({
        name: name_,
        arguments: args,
      })) as Result;
      const text = content.map((each) => each.text).join('\n');
      return { text, answer: structuredContent ?? {}, ...(isError === true && { error: text }) };
    },
    kill: () => {},
    close: async () => {},
  };
}

interface Result {
  content: { text: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
}

export interface Tally {
  /** Calls that were answered with what they did, refused with a reason, and not answered. */
  done: number;
  refused: number;
  cut: number;
  /** What was answered with as made. */
  made: string[];
}

interface Agent {
  way: Way;
  known: Known;
  chance: () => number;
  latency: Latency;
  tally: Tally;
}

/** One action after another, until the time is over. */
export async function runAgent({ way, known, chance, latency, tally }: Agent, until: number): Promise<void> {
  const call: Hand['call'] = async (tool, args) => {
    const start = performance.now();
    const told = await way.call(tool, args);
    latency.add(performance.now() - start);
    if (told.error !== undefined) tally.refused += 1;
    else tally.done += 1;
    if (tool === 'create_goal' && typeof told.answer.id === 'string') tally.made.push(told.answer.id);
    return told;
  };
  while (performance.now() < until) {
    await act({ call, known, chance }).catch(() => {
      tally.cut += 1;
    });
  }
}
