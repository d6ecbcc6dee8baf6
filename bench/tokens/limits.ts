/**
 * Characters of a model's context window that the tools may take, with name, description and input schema of each, and that a
 * session of ten tasks may take, requests and answers together.
 */
export const contextLimits = { tool: 700, core: 4_800, default: 8_000, instructions: 1_500, session: 10_000 };
