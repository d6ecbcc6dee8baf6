/** What the commands about this computer need of the settings. */
export interface Machine {
  /** The folder of the data, the log and the record of the running service. */
  home: string;
  /** The program that starts as `goal-agent`: a path for this Node. */
  program: string;
  /** The directory in which relative paths of the settings start. */
  cwd: string;
  /** The address at which a service would listen. */
  host: string;
  port: number;
  version: string;
  /** The token of this user's programs; undefined where no service has made one yet. */
  localToken(): Promise<string | undefined>;
}
