import type pg from 'pg';
import type { Finding } from '../machine/doctor/finding.ts';
import type { Machine } from '../machine/machine.ts';
import type { Call, PoolCall } from '../service/call.ts';
import type { Workspaces } from '../service/workspaces.ts';
import type { Tool } from '../tools/define/define-tool.ts';

/** The result of `goal-agent init`. */
export interface InitReport {
  postgresVersion: string;
  mode: 'embedded' | 'server';
  /** The place of the server: a host and port, or the directory of its data. */
  where: string;
  database: string;
  createdDatabase: boolean;
  migrations: string[];
  tables: number;
  indexes: number;
  workspace: string;
  goals: number;
  tasks: number;
  /** The setting that named the database, and the place of the setting. */
  chosenBy: string;
  /**
   * The `env` block that gives a client's server the same settings; empty where it needs none. */
  clientEnv: Record<string, string>;
}

/** The options of the command line for the server, which win over the environment. */
export interface ServeOptions {
  toolsets?: string;
  readOnly?: boolean;
}

/** The address of the service, which wins over the environment. */
export interface ListenOptions {
  host?: string;
  port?: string;
  /** Nobody reads what the service says: the log goes to its file alone. */
  background?: boolean;
}

/** A setting as `goal-agent config` shows it. */
export interface ShownSetting {
  name: string;
  /** The text of the value, secrets hidden; null where it is unset and has no default. */
  value: string | null;
  /** `environment`, `default`, or the path of a file. */
  from: string;
  /** False for a value that is set and that nothing uses. */
  is_used: boolean;
}

export interface ShownSettings {
  settings: ShownSetting[];
  /** A sentence for each wrong value. */
  problems: string[];
  notices: string[];
}

/** What a start would meet, found without a change. */
export interface StartCheck {
  what: string;
  answer: string;
  isGood: boolean;
}

/** Where the service listens, and where its data and the token of this user are. */
export interface ServiceAddress {
  host: string;
  port: number;
  /** The URL by which others reach it, where a proxy stands in front. */
  publicUrl: string | undefined;
  home: string;
}

/** The workspace of a command that names one, over what the environment says. */
export interface CallPlace {
  workspace?: string;
  /** Whether a workspace that does not exist is refused, and not made. */
  mustExist?: boolean;
}

/** Runs a tool under the name of this person, and gives back its answer, as the tool's `output` declares it. */
export type RunTool = <A = Record<string, unknown>>(tool: Tool, args: Record<string, unknown>) => Promise<A>;

/** The same; the signal takes the call back. */
type RunToolUntil = <A = Record<string, unknown>>(
  tool: Tool,
  args: Record<string, unknown>,
  signal?: AbortSignal,
) => Promise<A>;

/** What a command works with that does what agents can. */
export interface CommandHost {
  /** For what no tool answers in whole, and for what only a person at this machine may do. */
  call: PoolCall;
  /** Where the workspace is: `embedded` or `server`. */
  database: 'embedded' | 'server';
  /** @throws GoalAgentError as runTool does. */
  run: RunToolUntil;
  /** The same as a person, after the person at the terminal has confirmed this very call: cli/personally.ts. */
  runConfirmed: RunTool;
  /** Runs several tools as one operation: all that they change is saved together, or nothing. */
  together<A extends Record<string, unknown>>(work: (run: RunTool) => Promise<A>): Promise<A>;
}

/** The actions behind the commands; the main room brings them. */
export interface Actions {
  version: string;
  serve(options: ServeOptions): Promise<void>;
  /** Runs the service until somebody stops it. */
  serveHttp(options: ListenOptions, started: (address: ServiceAddress) => void): Promise<void>;
  /** A link that opens the board, signed in; shown in a browser where that is wanted and one is there. */
  dashboard(
    options: ListenOptions,
    how: { open: boolean; isPerson: boolean },
  ): Promise<{ url: string; isOpened: boolean }>;
  init(): Promise<InitReport>;
  /** This computer, as the settings describe it. */
  machine(): Machine;
  /** Looks whether the service could start; nothing is made. */
  checkStart(options: ListenOptions): Promise<StartCheck[]>;
  /** Looks at everything that the service and the servers of clients need; changes nothing. */
  examine(): Promise<Finding[]>;
  /** Counts the tasks of one workspace again and mends the counts that are wrong, in one transaction. */
  mendCounts(workspace: string): Promise<{ goals: number; tasks: number }>;
  /** Each setting, its value and its place. */
  showSettings(): Promise<ShownSettings>;
  /** Opens the workspace for `work`, which acts under the name of `actor`, and closes it again. */
  withCall<T>(actor: string, work: (call: Call) => Promise<T>, where?: CallPlace): Promise<T>;
  /** Opens the database for `work` on its workspaces, and closes it again. */
  withWorkspaces<T>(work: (workspaces: Workspaces) => Promise<T>): Promise<T>;
  /** Whether webhooks may go to addresses that are not public. */
  allowsPrivateWebhooks(): boolean;
  /** Opens the workspace for a person, who acts under GOAL_AGENT_NAME or the name of this machine's user. */
  withTools<T>(work: (host: CommandHost) => Promise<T>): Promise<T>;
  /** Opens the way to the database for `work`, which brings its own sessions, and leaves it again. */
  withConnection<T>(work: (connection: pg.ClientConfig) => Promise<T>): Promise<T>;
  /** The folder of Goal Agent's own data, also with wrong settings, and the directory in which relative paths start. */
  ownPlaces(): { home: string; cwd: string };
  /**
   * The `env` block that gives a client's server the settings of this shell, or those with another workspace; `…`
   * stands in place of a secret.
   */
  clientEnv(workspace?: string): Record<string, string>;
  /** Drops the tables that the conversion of a Python v3.0 database kept. */
  dropLegacy(): Promise<{ table: string; rows: number }[]>;
}
