import type { ServerContext } from '@modelcontextprotocol/server';
import type { Call } from '../service/call.ts';

/**
 * Does some work with a call of the service, for everything that is not a tool. `context` is the request's, where there
 * is one: completion has none. What goes wrong comes out as an error of the protocol, and a defect also goes to the log.
 */
export type WithCall = <T>(
  where: string,
  context: ServerContext | undefined,
  work: (call: Call) => Promise<T>,
) => Promise<T>;
