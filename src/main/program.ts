import type { Actions, ListenOptions } from '../cli/actions.ts';
import { type ProgramName, runProgram } from '../cli/program.ts';
import { note } from '../cli/render/output.ts';
import { commandSettings } from './command-settings.ts';
import type { Surroundings } from './config/places.ts';
import { readConfig, readSettings } from './config.ts';
import { takeDriverVariables } from './driver-variables.ts';
import { machineOf } from './machine.ts';
import { withCall, withConnection, withWorkspaces } from './opening/command-call.ts';
import { withTools } from './opening/command-host.ts';
import type { ClientPipe } from './stdio/client-pipe.ts';
import { version } from './version.ts';

interface Start {
  /** The directory in which relative paths start. */
  cwd: string;
  openClient: () => ClientPipe;
  /** What the person typed. */
  name?: ProgramName;
}

/**
 * Runs the command line. What only some commands need is loaded when they run: a person waits for each start.
 * A server talks to the client that is there already, otherwise to that of `openClient`.
 */
export async function runWith(argv: string[], { cwd, openClient, name = 'goal-agent' }: Start): Promise<void> {
  const driverVariables = takeDriverVariables(process.env);
  const surroundings = { env: process.env, cwd, driverVariables };
  const say = note;
  const settings = commandSettings(surroundings, say);
  /** With the address that was typed. */
  const listening = ({ host, port }: ListenOptions): Surroundings => {
    const env = {
      ...process.env,
      ...(host !== undefined && { GOAL_AGENT_HOST: host }),
      ...(port !== undefined && { GOAL_AGENT_PORT: port }),
    };
    return { ...surroundings, env, reader: 'command' };
  };
  const actions: Actions = {
    version,
    async serve({ toolsets, readOnly }) {
      const env = {
        ...process.env,
        ...(toolsets !== undefined && { GOAL_AGENT_TOOLSETS: toolsets }),
        ...(readOnly && { GOAL_AGENT_READ_ONLY: 'true' }),
      };
      const { serve } = await import('./serve.ts');
      await serve(readSettings({ ...surroundings, env, reader: 'server' }), openClient());
      // the client is gone: the process does not wait for calls that wait for a silent server
      process.exit();
    },
    async serveHttp(options, started) {
      const { serveHttp } = await import('./serve-http.ts');
      await serveHttp({
        settings: readSettings(listening(options)),
        readAgain: () => readConfig(listening(options)),
        options,
        started,
      });
      process.exit();
    },
    async dashboard(options, { open, isPerson }) {
      const { dashboardLink, openInBrowser } = await import('./dashboard.ts');
      const url = await dashboardLink(readConfig(listening(options)), options, isPerson);
      return { url, isOpened: open && (await openInBrowser(url)) };
    },
    machine: () => machineOf(settings.config(), cwd),
    checkStart: async (options) => {
      const { checkStart } = await import('./check-start.ts');
      return checkStart(readConfig(listening(options)));
    },
    examine: async () => (await import('./examine.ts')).examine({ ...surroundings, reader: 'command' }, say),
    mendCounts: async (workspace) => {
      const { mendCounts } = await import('../service/recount.ts');
      return withCall({ config: { ...settings.config(), workspace }, actor: 'doctor', mustExist: true }, mendCounts);
    },
    showSettings: async () => {
      const { showSettings } = await import('./config/show-settings.ts');
      return showSettings({ ...surroundings, reader: 'command' });
    },
    withCall: (actor, work, { workspace, mustExist = false } = {}) => {
      const config = settings.config();
      return withCall({ config: workspace === undefined ? config : { ...config, workspace }, actor, mustExist }, work);
    },
    withWorkspaces: (work) => withWorkspaces(settings.config(), work),
    allowsPrivateWebhooks: () => settings.config().webhooks.allowPrivate,
    withTools: (work) => withTools(settings.config(), work),
    ownPlaces() {
      const { config, refused } = readSettings({ ...surroundings, reader: 'command' });
      return { home: (config ?? refused).home, cwd };
    },
    clientEnv(workspace) {
      if (workspace === undefined) return settings.config().told.clientEnv;
      const env = { ...process.env, GOAL_AGENT_WORKSPACE: workspace };
      return readConfig({ ...surroundings, env, reader: 'command' }).told.clientEnv;
    },
    withConnection: (work) => withConnection(settings.config(), work),
    dropLegacy: async () => (await import('./drop-legacy.ts')).dropLegacy(settings.config()),
    init: async () => (await import('./init.ts')).init(settings.withNotices(), say),
  };
  process.exitCode = await runProgram(argv, actions, name);
}
