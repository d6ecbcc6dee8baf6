type Environment = Record<string, string | undefined>;

/**
 * Takes PostgreSQL's own variables (PGSSLMODE, PGOPTIONS, PGREPLICATION, PGPASSFILE …) out of an environment, and gives
 * back their names. `pg` uses them for every option that its caller leaves out, even for the embedded database's
 * connections: with PGSSLMODE=require the embedded database asked for TLS. They belong to psql and to other programs.
 * `pg` reads NODE_PG_FORCE_NATIVE while it is loaded; scripts/build.mjs hides that variable from it.
 */
export function takeDriverVariables(environment: Environment): string[] {
  const names = Object.keys(environment).filter((name) => /^PG[A-Z]/.test(name));
  for (const name of names) delete environment[name];
  return names;
}
