import { signal } from '@preact/signals';
import { Refusal } from '../../state/request.ts';
import { texts } from '../../texts.ts';

// The few messages of MCP Apps (2026-01-26) that the page needs. The App class of the extension's package speaks them too,
// and is three times the size of the whole board.

type Params = Record<string, unknown>;
export type DisplayMode = 'inline' | 'fullscreen' | 'pip';

export interface HostContext {
  theme?: 'light' | 'dark';
  displayMode?: DisplayMode;
  availableDisplayModes?: DisplayMode[];
  containerDimensions?: { height?: number; maxHeight?: number };
  toolInfo?: { tool?: { name?: string } };
}

export interface ToolResult {
  isError?: boolean;
  structuredContent?: Record<string, unknown>;
  content?: { type: string; text?: string }[];
}

interface HostEvents {
  /** The arguments of the call that the host shows the page for. */
  input(args: Params): void;
  /** The host has a result of a call. */
  result(result: ToolResult): void;
}

export const hostContext = signal<HostContext>({});

const protocolVersion = '2026-01-26';
const answerMs = 60_000;
const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Refusal): void }>();
let last = 0;

/** Opens the connection to the host. @throws Refusal where the host does not answer. */
export async function connectToHost(version: string, events: HostEvents): Promise<void> {
  addEventListener('message', (event) => {
    if (event.source === window.parent) receive(event.data, events);
  });
  const { hostContext: context } = await ask<{ hostContext?: HostContext }>('ui/initialize', {
    protocolVersion,
    appInfo: { name: 'goal-agent-board', version },
    appCapabilities: { availableDisplayModes: ['inline', 'fullscreen'] },
  });
  hostContext.value = context ?? {};
  tell('ui/notifications/initialized', {});
}

/** A request to the host, or through it to the server. @throws Refusal */
export function ask<T>(method: string, params: Params): Promise<T> {
  const id = ++last;
  return new Promise((resolve, reject) => {
    const failed = (detail: string) => reject(new Refusal(0, { code: 'offline', detail }));
    const timer = setTimeout(() => failed(texts.inside.noAnswer), answerMs);
    const end = () => {
      clearTimeout(timer);
      waiting.delete(id);
    };
    waiting.set(id, {
      resolve: (result) => {
        end();
        resolve(result as T);
      },
      reject: (error) => {
        end();
        reject(error);
      },
    });
    post({ id, method, params });
  });
}

export function tell(method: string, params: Params): void {
  post({ method, params });
}

function receive(message: unknown, events: HostEvents): void {
  if (typeof message !== 'object' || message === null || !('jsonrpc' in message)) return;
  const { id, method, params = {}, result, error } = message as Record<string, unknown> & { params?: Params };
  if (typeof method !== 'string') {
    const asked = waiting.get(id as number);
    if (error === undefined) asked?.resolve(result);
    else asked?.reject(new Refusal(0, { code: 'offline', detail: (error as { message?: string }).message }));
  } else if (id !== undefined) {
    const isKnown = method === 'ping' || method === 'ui/resource-teardown';
    post({ id, ...(isKnown ? { result: {} } : { error: { code: -32601, message: `The board knows no ${method}.` } }) });
  } else if (method === 'ui/notifications/tool-input') events.input((params.arguments ?? {}) as Params);
  else if (method === 'ui/notifications/tool-result') events.result(params as ToolResult);
  else if (method === 'ui/notifications/host-context-changed') hostContext.value = { ...hostContext.value, ...params };
}

/** The page does not know the address of its host. Nothing in a message is a secret of the host's. */
function post(message: Params): void {
  window.parent.postMessage({ jsonrpc: '2.0', ...message }, '*');
}
