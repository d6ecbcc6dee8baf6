import type { Scope } from '../../machine/setup/clients.ts';

/** The options of `goal-agent setup`, as they are typed. */
export interface SetupOptions {
  scope: Scope;
  remote?: string;
  token?: string;
  workspace?: string;
  yes?: boolean;
  print?: boolean;
  undo?: boolean;
  check?: boolean;
  /** A file, or true for the usual one. */
  instructions?: string | true;
  json?: boolean;
}
