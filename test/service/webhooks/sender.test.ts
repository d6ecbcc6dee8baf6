import type { lookup } from 'node:dns';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isPublic } from '../../../src/service/webhooks/addresses.ts';
import { Sender, type SenderOptions } from '../../../src/service/webhooks/sender.ts';
import { aReceiver } from './receiver.ts';

function aSender(options: Partial<SenderOptions> = {}): Sender {
  const sender = new Sender({ allowPrivate: false, ...options });
  onTestFinished(() => sender.close());
  return sender;
}

const body = JSON.stringify({ type: 'webhook.test', data: {} });
const to = (url: string) => ({ url, headers: { 'content-type': 'application/json' }, body });

describe('addresses that are not public', () => {
  it.each([
    ...['127.0.0.1', '10.1.2.3', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0'],
    ...['224.0.0.1', '255.255.255.255', '192.0.0.1', '198.18.0.1', '240.0.0.1', '::', '::1', 'fe80::1', 'fd00::1'],
    ...['ff02::1', '::ffff:10.0.0.1', '::ffff:127.0.0.1', '64:ff9b::a00:1', '2002:7f00:1::', '2001:db8::1', 'none'],
  ])('%s', (address) => {
    expect(isPublic(address)).toBe(false);
  });

  it.each(['1.1.1.1', '93.184.216.34', '2606:4700:4700::1111', '::ffff:8.8.8.8'])('and %s is public', (address) => {
    expect(isPublic(address)).toBe(true);
  });
});

describe('nothing is sent', () => {
  it.each([
    ...['https://127.0.0.1', 'https://127.1', 'https://2130706433', 'https://0x7f.1', 'https://0177.0.0.1'],
    ...['https://[::1]', 'https://[::ffff:127.0.0.1]', 'https://[::ffff:7f00:1]', 'https://169.254.169.254/latest'],
    ...['https://[fe80::1]', 'https://10.0.0.1:8443/x', 'https://0.0.0.0'],
  ])('to %s', async (url) => {
    const { isTaken, what } = await aSender().send(to(url));
    expect(isTaken).toBe(false);
    expect(what).toContain('is at an address that is not public');
  });

  it('to a name that stands for this machine', async () => {
    expect((await aSender().send(to('https://localhost:1/'))).what).toContain('not public');
    expect((await aSender().send(to('https://localhost.:1/'))).isTaken).toBe(false);
  });

  it('by http to a public receiver', async () => {
    expect((await aSender().send(to('http://example.com/'))).what).toContain('by http only private receivers may be');
  });

  it('to a name that was public when it was asked before, and that is not any more', async () => {
    let asked = 0;
    const connections: unknown[] = [];
    const inside = createServer((socket) => {
      connections.push(socket);
      socket.destroy();
    });
    await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void inside.close());
    const { port } = inside.address() as { port: number };
    const rebinding = ((_name: string, _options: object, callback: (...answer: unknown[]) => void) => {
      asked += 1;
      const found = asked === 1 ? [{ address: '93.184.216.34', family: 4 }] : [{ address: '127.0.0.1', family: 4 }];
      // what it says first reaches nobody here
      callback(asked === 1 ? Object.assign(new Error('gone'), { code: 'ENOTFOUND' }) : null, found);
    }) as unknown as typeof lookup;
    const sender = aSender({ lookup: rebinding });
    const first = await sender.send(to(`https://rebinding.example:${port}/`));
    expect(first.what).toBe('could not be reached (ENOTFOUND)');
    const second = await sender.send(to(`https://rebinding.example:${port}/`));
    expect(second.what).toContain('not public');
    expect(connections).toEqual([]);
  });

  it('to a name that stands for public and private addresses alike', async () => {
    const both = ((_name: string, _options: object, callback: (...answer: unknown[]) => void) =>
      callback(null, [
        { address: '93.184.216.34', family: 4 },
        { address: '10.0.0.1', family: 4 },
      ])) as unknown as typeof lookup;
    expect((await aSender({ lookup: both }).send(to('https://both.example/'))).what).toContain('not public');
  });
});

describe('a receiver', () => {
  it('that answers 2xx has taken the message', async () => {
    const receiver = await aReceiver();
    expect(await aSender({ allowPrivate: true }).send(to(receiver.url))).toMatchObject({
      isTaken: true,
      isGone: false,
    });
  });

  it.each([
    [500, { what: 'answered 500', isGone: false }],
    [404, { what: 'answered 404', isGone: false }],
    [410, { what: 'answered 410', isGone: true }],
  ])('that answers %i has not', async (status, outcome) => {
    const receiver = await aReceiver();
    receiver.answer = () => status;
    const sent = await aSender({ allowPrivate: true }).send(to(receiver.url));
    expect(sent).toMatchObject({ isTaken: false, ...outcome });
  });

  it('that redirects is not followed', async () => {
    const [receiver, elsewhere] = [await aReceiver(), await aReceiver()];
    receiver.answer = () => (response) => response.writeHead(307, { location: elsewhere.url }).end();
    const { isTaken, what } = await aSender({ allowPrivate: true }).send(to(receiver.url));
    expect(isTaken).toBe(false);
    expect(what).toContain('answered 307, a redirect');
    expect(elsewhere.received).toEqual([]);
  });

  it('that says nothing is given up', async () => {
    const receiver = await aReceiver();
    receiver.answer = () => 'hang';
    const sent = await aSender({ allowPrivate: true, timeoutMs: 200 }).send(to(receiver.url));
    expect(sent).toMatchObject({ isTaken: false, what: 'did not answer within 0.2 s' });
  });

  it('that asks to be left alone is, for an hour at most', async () => {
    const receiver = await aReceiver();
    const asks = (seconds: string) => {
      receiver.answer = () => (response) => response.writeHead(503, { 'retry-after': seconds }).end();
      return aSender({ allowPrivate: true }).send(to(receiver.url));
    };
    expect((await asks('90')).retryAfterSeconds).toBe(90);
    expect((await asks('99999999')).retryAfterSeconds).toBe(3_600);
    expect((await asks('tomorrow')).retryAfterSeconds).toBeUndefined();
  });

  it('that answers without end is cut off', { timeout: 10_000 }, async () => {
    const receiver = await aReceiver();
    let isCut = false;
    receiver.answer = () => (response) => {
      response.writeHead(200);
      const pour = () => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.on('drain', pour);
      response.on('close', () => {
        isCut = true;
      });
      pour();
    };
    expect((await aSender({ allowPrivate: true }).send(to(receiver.url))).isTaken).toBe(true);
    await expect.poll(() => isCut, { timeout: 5_000 }).toBe(true);
  });

  it('that is not there could not be reached', async () => {
    const sent = await aSender({ allowPrivate: true }).send(to('http://127.0.0.1:1/'));
    expect(sent).toMatchObject({ isTaken: false, what: 'could not be reached (ECONNREFUSED)' });
  });
});
