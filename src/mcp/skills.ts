import { fileURLToPath } from 'node:url';
import type { SkillCatalog } from '@modelcontextprotocol/server/ext/skills';
import { loadSkills } from '@modelcontextprotocol/server/ext/skills/node';

/** The same for every caller, and as long as this version is installed. */
const cacheHint = { ttlMs: 3_600_000, cacheScope: 'public' } as const;

const folder = fileURLToPath(new URL('../../skills', import.meta.url));

/**
 * The skills of the package, by the protocol's extension `io.modelcontextprotocol/skills`. Clients without it see them among
 * the resources.
 */
export const skills: SkillCatalog = await loadSkills(folder, { cacheHint });
