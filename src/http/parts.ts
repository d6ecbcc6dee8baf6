import type { Principal } from '../domain/principal.ts';
import type { Sender } from '../service/webhooks/sender.ts';
import type { Tool } from '../tools/define/define-tool.ts';
import type { ToolHost } from '../tools/define/run-tool.ts';

/** Whether this replica can serve, and why not. */
export interface Readiness {
  ready: boolean;
  /** For an operator; no host and no password. */
  reason?: string;
  /** Whether the database is on its way, so that waiting helps. */
  isStarting?: boolean;
}

/** What admins need beside the store. */
export interface AdminParts {
  /** Looks at the receivers of webhooks, and tries them. */
  sender: Sender;
  /**
   * Writes all that a workspace holds to a new file of this machine, and deletes the workspace. Gives back the file's name,
   * without its folder.
   */
  deleteWorkspace(name: string, actor: string): Promise<string>;
  /** Goes by the schedule of backups that the settings say now; null for none. */
  reloadBackups(): Promise<{ directory: string; everyMs: number; keep: number } | null>;
}

/** What the service needs from the rest of the program. */
export interface ServiceParts extends ToolHost {
  /** What REST offers: tools that no list shows to a model, too. */
  routedTools: readonly Tool[];
  readiness(): Promise<Readiness>;
  /** Whose token this is, or why it is nobody's. */
  identify(token: string): Promise<Identified>;
  /** Deliveries of webhooks that failed since the start. */
  webhookFailures(): number;
  admin: AdminParts;
  /** Told of messages that break the protocol, for the log. */
  noticeProtocolError(error: Error): void;
}

/** `local`: this user on this machine, who has the database itself and acts under a name of its own. */
export type Identified =
  | { kind: 'local'; name?: string; isPerson?: boolean | undefined }
  | { kind: 'principal'; principal: Principal }
  | { kind: 'refused'; reason: string };

/** What is known of a request once the guards have let it in. */
export interface HttpEnv {
  Variables: {
    /** What the caller showed. */
    token: string;
    principal: Principal | undefined;
    /** What a caller without a token of its own calls itself, and what its program is. */
    agent: string | undefined;
    /** Whether a person signed in with a session of this machine. */
    isPerson: boolean;
    program: string | undefined;
  };
}
