import type { z } from 'zod';
import { text } from '../../domain/text.ts';
import type { Call, PoolCall } from '../../service/call.ts';
import type { AdminParts } from '../parts.ts';
import type { Method } from '../rest/routes.ts';

/** What a route of admins works with, for one request. */
export interface AdminContext {
  /** Of the caller, in the caller's workspace. */
  call: Call;
  /** Of the service itself, in its own workspace. */
  own: PoolCall;
  /** The same caller in another workspace, as its admin. */
  callIn(workspace: { id: number; name: string }): Promise<PoolCall>;
  parts: AdminParts;
}

/** One thing that an admin asks for over REST: what /openapi.json says, what is checked and what is run come from here. */
export interface AdminRoute<I extends z.ZodObject = z.ZodObject, O extends z.ZodObject = z.ZodObject> {
  method: Method;
  /** Below /api/v1. Each `{parameter}` is a part of the input. */
  path: string;
  /** The answer's status; 200 if not said. */
  status?: 201;
  name: string;
  description: string;
  input: I;
  output: O;
  /** Whether it concerns all workspaces, and therefore only those who look after the service. Completes "may not". */
  forOperators?: string;
  /** Whether it takes an Idempotency-Key: a change of the caller's workspace alone, whose answer has no secret and is kept. */
  isRepeatable?: true;
  run(context: AdminContext, input: z.output<I>): Promise<z.input<O>>;
}

export function defineRoute<I extends z.ZodObject, O extends z.ZodObject>(route: AdminRoute<I, O>): AdminRoute {
  const input = route.isRepeatable ? route.input.extend({ request_id: text(100).optional() }) : route.input;
  return { ...route, input } as unknown as AdminRoute;
}
