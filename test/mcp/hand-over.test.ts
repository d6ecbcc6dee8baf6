import { describe, test } from 'vitest';
import { aConversation } from '../support/conversation.ts';
import { expectHandOver, handOvers } from '../support/hand-over.ts';
import { eras } from '../support/server-process.ts';

const conversations = await Promise.all(eras.map((era) => aConversation(era, { GOAL_AGENT_NAME: 'carol' })));

describe.each(conversations)('in the $era era', ({ ask }) => {
  test.each(handOvers)('$way hands over what is left of a task whose last attempt ended so: $ending', (each) =>
    expectHandOver(ask, each),
  );
});
