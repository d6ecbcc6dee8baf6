import type { ServerContext } from '@modelcontextprotocol/server';

/** The first word comes when the answer does not come at once; clients give up after a minute without one. */
const firstAfterMs = 1_000;
const everyMs = 10_000;

/** Does work that may wait for long, and tells a client that asked for progress, again and again, that it goes on. */
export async function tellingProgress<T>({ mcpReq }: ServerContext, work: () => Promise<T>): Promise<T> {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return work();
  const began = performance.now();
  const tell = () => {
    timer = setTimeout(tell, everyMs);
    const progress = Math.round((performance.now() - began) / 1000);
    const params = { progressToken, progress, message: `waiting for ${progress} s` };
    // a client that is gone hears nothing
    mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {});
  };
  let timer = setTimeout(tell, firstAfterMs);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}
