type Environment = Record<string, string | undefined>;

/**
 * Takes PostgreSQL's own variables (PGSSLMODE, PGOPTIONS, PGREPLICATION, PGPASSFILE …) out of an environment, and gives
 * back their names. `pg` fills in from them whatever its caller leaves out, the embedded database's connections included:
 * with PGSSLMODE=require the embedded database asked for TLS. They belong to psql and to other programs.
 * NODE_PG_FORCE_NATIVE, which `pg` reads while it is loaded, is not there for it at all: scripts/build.mjs.
 */
export function takeDriverVariables(environment: Environment): string[] {
  const names = Object.keys(environment).filter((name) => /^PG[A-Z]/.test(name));
  for (const name of names) delete environment[name];
  return names;
}
