import { effect } from '@preact/signals';
import { render } from 'preact';
import './styles/index.css';
import { Failure } from './parts/small.tsx';
import { App } from './screens/app.tsx';
import { otherDisplay } from './state/inside.ts';
import { useTransport, wordsOf } from './state/request.ts';
import { go, goalPath } from './state/router.ts';
import { theme } from './state/theme.ts';
import { lookNow } from './transport/client/changes.ts';
import { ask, connectToHost, hostContext, tell } from './transport/client/host.ts';
import { client } from './transport/client/transport.ts';

// The board inside a client: an MCP App, one file, which asks the server's tools through the host.

const app = document.getElementById('app') as HTMLElement;
/** Pixels of the page in a conversation: a column of some cards, and a drawer that can be read. */
const inlineHeight = 600;
let isShown = false;

useTransport(client);
connectToHost(document.documentElement.dataset.version ?? '', {
  input: showWhatWasAsked,
  result: () => lookNow(),
}).then(
  () => {
    effect(followHost);
    // a host that never tells the arguments still has a board
    setTimeout(show, 500);
  },
  (error) => render(<Failure words={wordsOf(error)} retry={() => location.reload()} />, app),
);

function show(): void {
  if (isShown) return;
  isShown = true;
  render(<App />, app);
}

/** The goal that the call is about, as its plan where that was asked for; for all goals what happens now. */
function showWhatWasAsked({ goal_id }: Record<string, unknown>): void {
  const tab = hostContext.value.toolInfo?.tool?.name === 'generate_execution_plan' ? 'plan' : 'board';
  go(typeof goal_id === 'string' ? goalPath(goal_id.toUpperCase(), tab) : '/now');
  show();
}

function followHost(): void {
  const { theme: wanted, displayMode = 'inline', availableDisplayModes = [], containerDimensions } = hostContext.value;
  if (wanted !== undefined) theme.value = wanted;
  const other = displayMode === 'inline' ? 'fullscreen' : 'inline';
  otherDisplay.value = availableDisplayModes.includes(other)
    ? { mode: other, show: () => void changeDisplay(other) }
    : undefined;
  if (displayMode !== 'inline' || containerDimensions?.height !== undefined) return;
  const height = Math.min(inlineHeight, containerDimensions?.maxHeight ?? inlineHeight);
  tell('ui/notifications/size-changed', { height });
}

async function changeDisplay(mode: 'inline' | 'fullscreen'): Promise<void> {
  const answer = await ask<{ mode?: 'inline' | 'fullscreen' }>('ui/request-display-mode', { mode }).catch(
    () => undefined,
  );
  if (answer?.mode !== undefined) hostContext.value = { ...hostContext.value, displayMode: answer.mode };
}
