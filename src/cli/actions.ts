/** What `goal-agent init` found and did. */
export interface InitReport {
  postgresVersion: string;
  mode: 'embedded' | 'server';
  /** Where the server is: a host and port, or the directory of its data. */
  where: string;
  database: string;
  createdDatabase: boolean;
  migrations: string[];
  tables: number;
  indexes: number;
  workspace: string;
  goals: number;
  tasks: number;
}

/** What the commands do; the main room brings them. */
export interface Actions {
  version: string;
  serve(): Promise<void>;
  init(): Promise<InitReport>;
}
