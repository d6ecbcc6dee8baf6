import type { ServerContext } from '@modelcontextprotocol/server';
import type { Call } from '../service/call.ts';

/** Turns a request of the protocol into a call of the service. */
export type OpenCall = (context: ServerContext) => Promise<Call>;
