import { defineFunction } from '../function.ts';
import { endDeferrals as ends } from './claim-pieces.ts';
import { operationVariables } from './pieces.ts';

/** Deferred tasks whose time has come are pending again; gives back which. */
export const endDeferrals = defineFunction({
  name: 'end_deferrals',
  params: { workspaceId: 'int8', operation: 'uuid' },
  columns: { ids: 'text[]?' },
  declare: { ...operationVariables, at: 'timestamptz := clock_timestamp()', due: 'text[]' },
  body: `
${ends('p_operation')}
  ids := due;
  return next;`,
});
