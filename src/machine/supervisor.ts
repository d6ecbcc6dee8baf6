import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { GoalAgentError } from '../domain/errors.ts';
import type { Machine } from './machine.ts';

/** The file that lets this machine's supervisor run the service, and the commands that make it look at the file. */
export interface Supervision {
  /** `systemd` of the user, or macOS's `launchd`. */
  kind: 'systemd' | 'launchd';
  file: string;
  text: string;
  enable: string[][];
  disable: string[][];
}

const label = 'io.github.goal-agent';
const unit = 'goal-agent.service';

interface Surroundings {
  platform: NodeJS.Platform;
  userHome: string;
  configHome: string | undefined;
  node: string;
  uid: number | undefined;
}

/** @throws GoalAgentError `configuration` where this system has neither of them. */
export function supervisionOf(machine: Machine, given: Partial<Surroundings> = {}): Supervision {
  const surroundings: Surroundings = {
    platform: process.platform,
    userHome: homedir(),
    configHome: process.env.XDG_CONFIG_HOME,
    node: process.execPath,
    uid: process.getuid?.(),
    ...given,
  };
  if (surroundings.platform === 'linux') return systemd(machine, surroundings);
  if (surroundings.platform === 'darwin') return launchd(machine, surroundings);
  throw new GoalAgentError(
    'configuration',
    `This system (${surroundings.platform}) has no systemd and no launchd. goal-agent start runs the service in the background.`,
  );
}

function systemd({ home, program }: Machine, { userHome, configHome, node }: Surroundings): Supervision {
  const folder = configHome?.startsWith('/') ? configHome : path.posix.join(userHome, '.config');
  const systemctl = ['systemctl', '--user'];
  return {
    kind: 'systemd',
    file: path.posix.join(folder, 'systemd', 'user', unit),
    text: `[Unit]
Description=Goal Agent, a durable memory for AI agents' work

[Service]
ExecStart=${commandWord(node)} ${commandWord(program)} serve
Environment=${quoted(`GOAL_AGENT_HOME=${home}`)}
WorkingDirectory=${systemdPath(home)}
Restart=on-failure
RestartSec=5
TimeoutStopSec=30

[Install]
WantedBy=default.target
`,
    enable: [
      [...systemctl, 'daemon-reload'],
      [...systemctl, 'enable', '--now', unit],
    ],
    disable: [
      [...systemctl, 'disable', '--now', unit],
      [...systemctl, 'daemon-reload'],
    ],
  };
}

function launchd({ home, program }: Machine, { userHome, node, uid }: Surroundings): Supervision {
  const file = path.posix.join(userHome, 'Library', 'LaunchAgents', `${label}.plist`);
  const strings = [node, program, 'serve'].map((word) => `    <string>${xmlText(word)}</string>`).join('\n');
  return {
    kind: 'launchd',
    file,
    text: `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${label}</string>
  <key>ProgramArguments</key>
  <array>
${strings}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
    <key>GOAL_AGENT_HOME</key>
    <string>${xmlText(home)}</string>
  </dict>
  <key>WorkingDirectory</key>
  <string>${xmlText(home)}</string>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ExitTimeOut</key>
  <integer>30</integer>
</dict>
</plist>
`,
    enable: [['launchctl', 'bootstrap', `gui/${uid}`, file]],
    disable: [['launchctl', 'bootout', `gui/${uid}/${label}`]],
  };
}

/** Writes the file, and lets the supervisor run the service from now on and after each login. */
export async function installSupervision(machine: Machine): Promise<Supervision> {
  const supervision = supervisionOf(machine);
  await mkdir(machine.home, { recursive: true, mode: 0o700 });
  await mkdir(path.dirname(supervision.file), { recursive: true });
  await writeFile(supervision.file, supervision.text);
  await runAll(supervision.enable, supervision);
  return supervision;
}

/** Stops the service, and takes the file away. */
export async function uninstallSupervision(machine: Machine): Promise<Supervision> {
  const supervision = supervisionOf(machine);
  // where it does not run, that is what was wanted
  await runAll(supervision.disable.slice(0, 1), supervision).catch(() => {});
  await rm(supervision.file, { force: true });
  await runAll(supervision.disable.slice(1), supervision).catch(() => {});
  return supervision;
}

async function runAll(commands: string[][], { kind, file }: Supervision): Promise<void> {
  for (const [command = '', ...args] of commands) {
    await promisify(execFile)(command, args).catch((error) => {
      const said = String((error as { stderr?: string }).stderr || (error as Error).message).trim();
      throw new GoalAgentError(
        'configuration',
        `${file} is there, and ${kind} did not take it: ${said.split('\n')[0]}. Run by hand: ${[command, ...args].join(' ')}`,
        { cause: error },
      );
    });
  }
}

/** A word of a unit's command line, in which systemd replaces variables. */
function commandWord(text: string): string {
  return quoted(text).replaceAll('$', '$$$$');
}

/** systemd reads quotes, backslashes and % for itself. */
function quoted(text: string): string {
  return `"${systemdPath(text.replaceAll('\\', '\\\\').replaceAll('"', '\\"'))}"`;
}

function systemdPath(text: string): string {
  return text.replaceAll('%', '%%');
}

function xmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
