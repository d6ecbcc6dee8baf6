/** Characters of a model's context window that the tools may take: name, description and input schema of each. */
export const contextLimits = { tool: 700, core: 4_800, default: 8_000, instructions: 1_500 };
