import { defineFunction } from '../function.ts';
import { notifyWaiting, resourcesChannel } from './pieces.ts';

/** What a transaction calls that acquires or gives back names: those who wait for names are told. */
export const notifyResources = defineFunction({
  name: 'notify_resources',
  params: { workspaceId: 'int8' },
  columns: {},
  body: `
  ${notifyWaiting(`'${resourcesChannel}' || $1`, 'true')}`,
});
