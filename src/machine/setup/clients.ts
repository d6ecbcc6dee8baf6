import { existsSync } from 'node:fs';
import path from 'node:path';
import { applicationFolder, type Computer, configFolder, isInPath } from './computer.ts';
import { type Shape, shapes } from './server-entry.ts';

export type Scope = 'user' | 'project';

/** A client, and where and how its configuration names servers. */
export interface Client {
  name: string;
  /** As its maker writes it. */
  title: string;
  format: 'json' | 'toml' | 'yaml';
  /** The keys that lead to the servers. */
  keys: string[];
  shape: Shape;
  /** Its files, absolute; none where the client has no such scope. */
  files(scope: Scope, computer: Computer): string[];
  /** Folders and programs of which one is there where the client is installed. */
  isFound(computer: Computer): boolean;
  /** What a person does for the client to read its file again. */
  restart: string;
  /** Why setup makes no file of the user for it where there is none, and what to do. */
  ownFileFirst?: string;
}

const inHome =
  (...parts: string[]) =>
  (computer: Computer) =>
    path.join(computer.userHome, ...parts);
const inProject =
  (...parts: string[]) =>
  (computer: Computer) =>
    path.join(computer.cwd, ...parts);
const inApplications =
  (...parts: string[]) =>
  (computer: Computer) =>
    path.join(applicationFolder(computer), ...parts);

type Place = (computer: Computer) => string;

const files =
  (user: Place, project?: Place): Client['files'] =>
  (scope, computer) => {
    const place = scope === 'user' ? user : project;
    return place === undefined ? [] : [place(computer)];
  };

const found =
  (programs: string[], ...places: Place[]): Client['isFound'] =>
  (computer) =>
    places.some((place) => existsSync(place(computer))) || programs.some((name) => isInPath(name, computer));

const claudeCodeFile: Place = ({ env, userHome }) => path.join(env.CLAUDE_CONFIG_DIR || userHome, '.claude.json');
const codexFile: Place = ({ env, userHome }) =>
  path.join(env.CODEX_HOME || path.join(userHome, '.codex'), 'config.toml');

/** Zed keeps `~/.config` on macOS, too. */
const zedFile: Place = (computer) =>
  computer.platform === 'win32'
    ? path.join(applicationFolder(computer), 'Zed', 'settings.json')
    : path.join(configFolder(computer), 'zed', 'settings.json');

const copilotFile: Place = ({ env, userHome }) =>
  path.join(env.COPILOT_HOME || path.join(userHome, '.copilot'), 'mcp-config.json');
const qwenFile: Place = ({ env, userHome }) =>
  path.join(env.QWEN_HOME || path.join(userHome, '.qwen'), 'settings.json');
const continueFile: Place = ({ env, userHome }) =>
  path.join(env.CONTINUE_GLOBAL_DIR || path.join(userHome, '.continue'), 'config.yaml');

/** The file with comments where only that one is there. */
const opencodeIn =
  (folder: Place): Place =>
  (computer) => {
    const [plain, commented] = ['opencode.json', 'opencode.jsonc'].map((name) => path.join(folder(computer), name));
    return commented !== undefined && plain !== undefined && !existsSync(plain) && existsSync(commented)
      ? commented
      : (plain ?? '');
  };
const opencodeFolder: Place = (computer) => path.join(configFolder(computer), 'opencode');

const clineExtension = inApplications('Code', 'User', 'globalStorage', 'saoudrizwan.claude-dev');
const clineFolder = inHome('.cline');

/** Cline is a program and an extension of VS Code, which have a file each. */
const clineFiles: Client['files'] = (scope, computer) => {
  if (scope === 'project') return [];
  const extension = path.join(clineExtension(computer), 'settings', 'cline_mcp_settings.json');
  const named = computer.env.CLINE_MCP_SETTINGS_PATH;
  const program = named || path.join(clineFolder(computer), 'data', 'settings', 'cline_mcp_settings.json');
  const hasExtension = existsSync(clineExtension(computer));
  const hasProgram = existsSync(clineFolder(computer)) || isInPath('cline', computer) || !hasExtension;
  return [...(hasProgram ? [program] : []), ...(hasExtension ? [extension] : [])];
};

const desktop = ['Claude', 'claude_desktop_config.json'] as const;

/** Every client that setup knows, in the order of its help. */
export const clients: readonly Client[] = [
  {
    name: 'claude-desktop',
    title: 'Claude Desktop',
    format: 'json',
    keys: ['mcpServers'],
    shape: shapes.localOnly,
    files: files(inApplications(...desktop)),
    isFound: found([], inApplications('Claude')),
    restart: 'Quit Claude Desktop and start it again.',
  },
  {
    name: 'claude-code',
    title: 'Claude Code',
    format: 'json',
    keys: ['mcpServers'],
    shape: shapes.typed,
    files: files(claudeCodeFile, inProject('.mcp.json')),
    isFound: found(['claude'], claudeCodeFile, inHome('.claude')),
    restart: 'Start a new session of Claude Code.',
  },
  {
    name: 'cursor',
    title: 'Cursor',
    format: 'json',
    keys: ['mcpServers'],
    shape: shapes.plain,
    files: files(inHome('.cursor', 'mcp.json'), inProject('.cursor', 'mcp.json')),
    isFound: found(['cursor', 'cursor-agent'], inHome('.cursor')),
    restart: "Switch it on in Cursor's settings, under MCP.",
  },
  {
    name: 'vscode',
    title: 'VS Code',
    format: 'json',
    keys: ['servers'],
    shape: shapes.typed,
    files: files(inApplications('Code', 'User', 'mcp.json'), inProject('.vscode', 'mcp.json')),
    isFound: found(['code'], inApplications('Code', 'User')),
    restart: 'VS Code asks to trust the server when a chat first uses it.',
  },
  {
    name: 'codex',
    title: 'Codex',
    format: 'toml',
    keys: ['mcp_servers'],
    shape: shapes.codex,
    files: files(codexFile, inProject('.codex', 'config.toml')),
    isFound: found(['codex'], (computer) => path.dirname(codexFile(computer))),
    restart: 'Start a new session of Codex; it reads the file of a project that it trusts.',
  },
  {
    name: 'gemini',
    title: 'Gemini CLI',
    format: 'json',
    keys: ['mcpServers'],
    shape: shapes.gemini,
    files: files(inHome('.gemini', 'settings.json'), inProject('.gemini', 'settings.json')),
    isFound: found(['gemini'], inHome('.gemini', 'settings.json')),
    restart: 'Start a new session of Gemini CLI, in a folder that it trusts.',
  },
  {
    name: 'windsurf',
    title: 'Windsurf',
    format: 'json',
    keys: ['mcpServers'],
    shape: shapes.windsurf,
    files: files(inHome('.codeium', 'windsurf', 'mcp_config.json')),
    isFound: found(['windsurf'], inHome('.codeium', 'windsurf')),
    restart: "Press Refresh among Windsurf's MCP servers.",
  },
  {
    name: 'zed',
    title: 'Zed',
    format: 'json',
    keys: ['context_servers'],
    shape: shapes.plain,
    files: files(zedFile, inProject('.zed', 'settings.json')),
    isFound: found(['zed'], (computer) => path.dirname(zedFile(computer))),
    restart: 'Zed reads the file at once.',
  },
  {
    name: 'opencode',
    title: 'opencode',
    format: 'json',
    keys: ['mcp'],
    shape: shapes.opencode,
    files: files(
      opencodeIn(opencodeFolder),
      opencodeIn(({ cwd }) => cwd),
    ),
    isFound: found(['opencode'], opencodeFolder),
    restart: 'Start opencode again.',
  },
  {
    name: 'cline',
    title: 'Cline',
    format: 'json',
    keys: ['mcpServers'],
    shape: shapes.cline,
    files: clineFiles,
    isFound: found(['cline'], clineFolder, clineExtension),
    restart: 'Cline reads the file at once.',
  },
  {
    name: 'copilot',
    title: 'Copilot CLI',
    format: 'json',
    keys: ['mcpServers'],
    shape: shapes.copilot,
    files: files(copilotFile, inProject('.github', 'mcp.json')),
    isFound: found(['copilot'], (computer) => path.dirname(copilotFile(computer))),
    restart: 'Start a new session of Copilot CLI.',
  },
  {
    name: 'qwen',
    title: 'Qwen Code',
    format: 'json',
    keys: ['mcpServers'],
    shape: shapes.gemini,
    files: files(qwenFile, inProject('.qwen', 'settings.json')),
    isFound: found(['qwen'], (computer) => path.dirname(qwenFile(computer))),
    restart: 'Start a new session of Qwen Code.',
  },
  {
    name: 'continue',
    title: 'Continue',
    format: 'yaml',
    keys: ['mcpServers'],
    shape: shapes.continue,
    files: files(continueFile, inProject('.continue', 'mcpServers', 'goal-agent.yaml')),
    isFound: found(['cn'], (computer) => path.dirname(continueFile(computer))),
    restart: 'Continue reads the file at once; cn does when it starts.',
    ownFileFirst:
      'A new config.yaml would take the place of the models that Continue has without one. Start Continue and choose a model, which makes the file, and try again.',
  },
];
