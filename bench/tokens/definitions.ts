import type { Client } from '@modelcontextprotocol/client';
import { chooseTools } from '../../src/tools/toolsets.ts';

/** Characters of one tool as `tools/list` gives it. */
export interface ToolSize {
  name: string;
  toolset: 'core' | 'team';
  /** Name, description and input schema: what clients show the model. */
  definition: number;
  outputSchema: number;
  annotations: number;
}

/** Every tool that this server offers, in its order. */
export async function toolSizes(client: Client): Promise<ToolSize[]> {
  const core = new Set(chooseTools({ names: ['core'], readOnly: false }).map((tool) => tool.name));
  const { tools } = await client.listTools();
  return tools.map(({ name, description = '', inputSchema, outputSchema, annotations }) => ({
    name,
    toolset: core.has(name) ? 'core' : 'team',
    definition: `${name}${description}${JSON.stringify(inputSchema)}`.length,
    outputSchema: JSON.stringify(outputSchema ?? '').length,
    annotations: JSON.stringify(annotations ?? '').length,
  }));
}

/** Characters of the definitions of these tools. */
export function definitionsOf(sizes: readonly ToolSize[]): number {
  return sizes.reduce((sum, { definition }) => sum + definition, 0);
}
