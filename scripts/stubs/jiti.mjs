// node-pg-migrate loads migrations in TypeScript with jiti, 2 MB of it. Ours are SQL, so the bundle goes without.
export const createJiti = () => undefined;
