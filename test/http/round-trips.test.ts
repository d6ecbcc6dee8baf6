import { expect, onTestFinished, test, vi } from 'vitest';
import type { ServiceParts } from '../../src/http/parts.ts';
import { restApi } from '../../src/http/rest/rest.ts';
import { Sender } from '../../src/service/webhooks/sender.ts';
import { tools } from '../../src/tools/index.ts';
import { aGoal, aTask } from '../support/builders.ts';
import { aCall } from '../support/database.ts';

test('a row is read with its revision in one round trip', async () => {
  const { call } = await aCall();
  const goal = await aGoal(call);
  const task = await aTask(call, goal);
  const unused = () => Promise.reject(new Error('nobody calls'));
  const parts: ServiceParts = {
    ...{
      tools,
      routedTools: tools,
      openCall: async () => call,
      cacheIsKnown: async () => {},
      identify: unused,
      readiness: unused,
    },
    ...{ report: () => {}, webhookFailures: () => 0, noticeProtocolError: () => {} },
    admin: { sender: new Sender({ allowPrivate: false }), deleteWorkspace: unused, reloadBackups: unused },
    facts: () => {
      throw new Error('nobody asks');
    },
  };
  const api = restApi(parts);
  const read = vi.spyOn(call.store.database, 'read');
  onTestFinished(() => read.mockRestore());
  for (const path of [`/goals/${goal}`, `/tasks/${task}`]) {
    read.mockClear();
    const { status, headers } = await api.request(path);
    expect({ status, etag: headers.get('etag') }).toEqual({
      status: 200,
      etag: expect.stringMatching(/^"\d+\.[\w-]+"$/),
    });
    expect(read).toHaveBeenCalledTimes(1);
  }
});
