import { z } from 'zod';
import { Role, TokenKind } from '../../domain/principal.ts';
import { text } from '../../domain/text.ts';
import {
  createToken,
  listTokens,
  longestTokenSeconds,
  type NewToken,
  revokeToken,
  rotateToken,
} from '../../service/tokens.ts';
import { TokenAnswer, tokenAnswer } from '../../tools/answers/admin-answers.ts';
import { defineRoute } from './admin-route.ts';

const expires_in_seconds = z
  .int()
  .min(60)
  .max(longestTokenSeconds)
  .optional()
  .describe('how long it counts: until it is revoked, if not said; a rotated one as long as the old one did');
const NewTokenAnswer = TokenAnswer.extend({
  secret: z.string().describe('shown this once; the service keeps a hash of it'),
});

/** The tokens of the caller's workspace. */
export const tokenRoutes = [
  defineRoute({
    method: 'get',
    path: '/tokens',
    name: 'list_tokens',
    description: 'The tokens of this workspace, without their secrets.',
    input: z.strictObject({ all: z.boolean().default(false).describe('with those that were revoked') }),
    output: z.strictObject({ tokens: z.array(TokenAnswer) }),
    async run({ call }, { all }) {
      const tokens = await listTokens(call);
      return { tokens: tokens.filter(({ state }) => all || state !== 'revoked').map(tokenAnswer) };
    },
  }),
  defineRoute({
    method: 'post',
    path: '/tokens',
    status: 201,
    name: 'create_token',
    description: 'A new token of this workspace. Its secret is shown this once.',
    input: z.strictObject({
      name: text(),
      role: Role,
      kind: TokenKind.default('agent').describe(
        'whether an agent or a person holds it; a person alone makes that of a person',
      ),
      expires_in_seconds,
    }),
    output: NewTokenAnswer,
    run: async ({ call }, { name, role, kind, expires_in_seconds: expiresInSeconds }) =>
      newTokenAnswer(await createToken(call, { name, role, kind, expiresInSeconds })),
  }),
  defineRoute({
    method: 'post',
    path: '/tokens/{name}/rotate',
    name: 'rotate_token',
    description: 'A new secret in the place of a token’s, which ends. It is shown this once.',
    input: z.strictObject({ name: text(), expires_in_seconds }),
    output: NewTokenAnswer,
    run: async ({ call }, { name, expires_in_seconds: expiresInSeconds }) =>
      newTokenAnswer(await rotateToken(call, { name, expiresInSeconds })),
  }),
  defineRoute({
    method: 'delete',
    path: '/tokens/{name}',
    name: 'revoke_token',
    description: 'Ends a token: within a second nobody gets in with it.',
    input: z.strictObject({ name: text() }),
    output: TokenAnswer,
    run: async ({ call }, { name }) => tokenAnswer(await revokeToken(call, name)),
  }),
];

function newTokenAnswer({ secret, token }: NewToken): z.input<typeof NewTokenAnswer> {
  return { ...tokenAnswer(token), secret };
}
