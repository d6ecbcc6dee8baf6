import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, ClientCredentialsProvider, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import Provider from 'oidc-provider';
import { afterAll, expect, test } from 'vitest';
import { aDatabase } from '../support/database.ts';
import { aService } from '../support/service-process.ts';

const keys = await generateKeyPair('RS256', { extractable: true });
const jwk = { ...(await exportJWK(keys.privateKey)), alg: 'RS256', use: 'sig', kid: 'k1' };
const port = await aFreePort();
const audience = `http://127.0.0.1:${port}/mcp`;
const { issuer, server } = await anIssuer();
afterAll(() => server.close());
const service = await aService({
  database: await aDatabase(),
  args: ['--port', String(port)],
  env: { GOAL_AGENT_OAUTH_ISSUER: issuer },
});

async function aFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port: free } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return free;
}

/** A real issuer over loopback. */
async function anIssuer(): Promise<{ issuer: string; server: Server }> {
  const http = createServer();
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const provider = new Provider(url, {
    clients: [
      {
        client_id: 'planner',
        client_secret: 'a secret of the test',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        scope: 'goals:read goals:write goals:admin',
      },
    ],
    scopes: ['goals:read', 'goals:write', 'goals:admin'],
    jwks: { keys: [jwk] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, resource) => ({
          scope: 'goals:read goals:write goals:admin',
          audience: resource,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 600,
        }),
      },
    },
    extraTokenClaims: (_context, token) => ('clientId' in token ? { sub: token.clientId } : undefined),
  });
  http.on('request', provider.callback());
  return { issuer: url, server: http };
}

/** A token by the issuer's own key, which says what it is told to say. */
function aToken(
  claims: Record<string, unknown> = {},
  { forWhom = audience, expires = '10m', key = keys.privateKey } = {},
) {
  return new SignJWT({ scope: 'goals:write', ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
    .setIssuer(issuer)
    .setSubject(String(claims.sub ?? 'ada'))
    .setAudience(forWhom)
    .setExpirationTime(expires)
    .sign(key);
}

const ask = (token: string, method = 'GET', body?: unknown) =>
  service.request(method, '/api/v1/goals', { headers: { authorization: `Bearer ${token}` }, body });

test('a client finds its way from the 401 alone', async () => {
  const provider = new ClientCredentialsProvider({
    clientId: 'planner',
    clientSecret: 'a secret of the test',
    expectedIssuer: issuer,
    scope: 'goals:write',
  });
  const client = new Client({ name: 'tester', version: '1' });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${service.url}/mcp`), {
      authProvider: provider,
    }),
  );
  const answer = await client.callTool({
    name: 'create_goal',
    arguments: { description: 'By a client of the issuer' },
  });
  expect(answer.isError ?? false).toBe(false);
  const { body } = await service.request('GET', '/api/v1/history?limit=1');
  expect(JSON.stringify(body)).toContain('planner@127.0.0.1');
  await client.close();
});

test('the 401 says where the issuer is named', async () => {
  const { headers } = await service.request('GET', '/api/v1/goals', { headers: { authorization: undefined } });
  const url = /resource_metadata="([^"]+)"/.exec(headers.get('www-authenticate') ?? '')?.[1] ?? '';
  const metadata = (await (await fetch(url)).json()) as Record<string, unknown>;
  expect(metadata).toMatchObject({ resource: audience, authorization_servers: [issuer] });
});

test.each([
  ['goals:read', 200, 403],
  ['goals:write', 200, 201],
  ['openid goals:admin', 200, 201],
])('the scope %s decides what its bearer may', async (scope, reads, writes) => {
  const token = await aToken({ scope });
  expect((await ask(token)).status).toBe(reads);
  expect((await ask(token, 'POST', { description: 'x' })).status).toBe(writes);
});

test.each([
  ['for another audience', () => aToken({}, { forWhom: 'http://other.test' }), 'another service'],
  ['that has expired', () => aToken({}, { expires: '-10m' }), 'expired'],
  ['without a scope of ours', () => aToken({ scope: 'openid' }), 'none of the scopes'],
  ['of another key', async () => aToken({}, { key: (await generateKeyPair('RS256')).privateKey }), 'not of the issuer'],
  ['that is not signed', async () => `${(await aToken()).split('.').slice(0, 2).join('.')}.`, 'not of the issuer'],
  ['that is no token', async () => 'a.b.c', 'not of the issuer'],
  ['with a subject of 200 characters', () => aToken({ sub: 'x'.repeat(200) }), 'subject'],
])('a token %s is refused with the reason', async (_what, make, words) => {
  const { status, body, headers } = await ask(await make());
  expect(status).toBe(401);
  expect(body.detail).toContain(words);
  expect(headers.get('www-authenticate')).toContain('invalid_token');
});
