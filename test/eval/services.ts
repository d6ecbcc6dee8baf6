import type { WithService } from '../../bench/eval/run.ts';
import { aDatabase } from '../support/database.ts';
import { aService } from '../support/service-process.ts';

/** A way to services of this file's own, which run until its end: one for each set of toolsets. Call it at the file's top. */
export async function servicesOf(suites: readonly { toolsets: string }[]): Promise<WithService> {
  const services = new Map(
    await Promise.all(
      suites.map(async ({ toolsets }) => {
        const service = await aService({ database: await aDatabase(), env: { GOAL_AGENT_TOOLSETS: toolsets } });
        return [toolsets, service] as const;
      }),
    ),
  );
  return async (toolsets, work) => {
    const service = services.get(toolsets);
    if (service === undefined) throw new Error(`no service with ${toolsets}`);
    return work(service);
  };
}
