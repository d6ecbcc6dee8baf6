import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { bodyProblem } from '../body-problem.ts';
import { brokenOff, mostBodyBytes } from '../json-body.ts';
import type { HttpEnv } from '../parts.ts';

const tooLarge = (context: Context<HttpEnv>) =>
  bodyProblem(context, {
    status: 413,
    code: 'too_large',
    detail: `The body is over the limit of ${mostBodyBytes / 1024 / 1024} MiB; send less at once.`,
  });
const limitChunks = bodyLimit({ maxSize: mostBodyBytes, onError: tooLarge });

/**
 * Refuses bodies over the limit, as soon as that is known. A chunked body is read here. No other body has more bytes than
 * its length says, so it is left alone: to look at its stream would make one, at a third of the cost of a small call.
 */
export const limitBodies: MiddlewareHandler<HttpEnv> = async (context, next) => {
  const { req } = context;
  if (req.header('transfer-encoding') === undefined) {
    return Number(req.header('content-length') ?? 0) > mostBodyBytes ? tooLarge(context) : next();
  }
  let isRead = false;
  try {
    return await limitChunks(context, () => {
      isRead = true;
      return next();
    });
  } catch (error) {
    throw isRead ? error : brokenOff(error);
  }
};

/** Refuses bodies that are not said to be JSON: a form of somebody else's page can send all others. */
export const requireJson: MiddlewareHandler<HttpEnv> = async (context, next) => {
  const { req } = context;
  const hasBody = req.header('transfer-encoding') !== undefined || Number(req.header('content-length') ?? 0) > 0;
  const type = req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (!hasBody || type === 'application/json' || type?.endsWith('+json')) return next();
  return bodyProblem(context, {
    status: 415,
    code: 'unsupported_media_type',
    detail: 'Send the body as application/json.',
  });
};
