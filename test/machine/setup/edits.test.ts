import { describe, expect, it } from 'vitest';
import { withEntry, withoutSetup } from '../../../src/machine/setup/changes.ts';
import type { TextFile } from '../../../src/machine/setup/text-file.ts';

const json = { format: 'json', keys: ['mcpServers'] } as const;
const toml = { format: 'toml', keys: ['mcp_servers'] } as const;
const yaml = { format: 'yaml', keys: ['mcpServers'] } as const;
const entry = {
  command: '/usr/bin/node',
  args: ['/a b/goal-agent.js', 'mcp'],
  env: { GOAL_AGENT_WORKSPACE: 'ledger' },
};
const other = { command: '/opt/node' };
const bom = '\ufeff';

const aFile = (text: string | undefined): TextFile => ({ file: '/x', real: '/x', text });
type Format = 'json' | 'toml' | 'yaml';
const formats = { json, toml, yaml };
const client = (format: Format) => ({ ...formats[format], keys: [...formats[format].keys] });

const texts: [string, Format, string | undefined][] = [
  ['missing', 'json', undefined],
  ['empty', 'json', ''],
  ['blank', 'json', '\r\n\r\n'],
  ['an empty object', 'json', '{}\n'],
  ['minified', 'json', '{"mcpServers":{"a":{"command":"x"}},"z":[1,2]}'],
  ['minified without servers', 'json', '{"z":1}'],
  ['with no server', 'json', '{\n\t"mcpServers": {}\n}'],
  ['CRLF and tabs', 'json', '{\r\n\t"mcpServers": {\r\n\t\t"a": { "command": "x" }\r\n\t}\r\n}\r\n'],
  ['a byte order mark', 'json', `${bom}{\n    "mcpServers": {\n        "a": {}\n    }\n}`],
  [
    'comments and trailing commas',
    'json',
    '// mine\n{\n  "z": 1, /* one, two */\n  "mcpServers": {\n    "a": { "command": "x", }, // why, and how\n    // "b": {},\n  },\n}\n',
  ],
  ['a comment behind the last server', 'json', '{\n  "mcpServers": {\n    "a": {} // why, and how\n  } // end\n}\n'],
  ['only a comment among the servers', 'json', '{\n  "mcpServers": {\n    // none yet\n  }\n}\n'],
  [
    'an older entry of ours',
    'json',
    '{\n  "mcpServers": {\n    "goal-agent": { "command": "npx" }, // old\n    "a": {}\n  }\n}\n',
  ],
  ['missing', 'toml', undefined],
  ['empty', 'toml', ''],
  [
    'comments',
    'toml',
    '# mine\nmodel = "x" # why\n\n[mcp_servers.a] # one\ncommand = "x"\n\n[z]\nd = 2026-01-01T00:00:00Z\nn = 1_000\nf = 1.0\n# end\n',
  ],
  ['CRLF', 'toml', 'model = "x"\r\n\r\n[mcp_servers.a]\r\ncommand = "x"\r\n'],
  ['a byte order mark and no last line end', 'toml', `${bom}model = "x"`],
  ['servers on one line', 'toml', 'mcp_servers = { a = { command = "x" } }\n'],
  ['an older entry of ours', 'toml', '[mcp_servers.goal-agent]\ncommand = "npx" # old\nargs = ["-y"]\n\n[z]\na = 1\n'],
  ['missing', 'yaml', undefined],
  ['empty', 'yaml', ''],
  ['without servers', 'yaml', '# mine\nname: Local\nmodels:\n- name: m # why\n  apiKey: "a: b"'],
  [
    'comments',
    'yaml',
    '# mine\nmcpServers: # all\n    - name: a # one\n      command: x # why\n    # between\n    - name: b\n      args: ["1"]\n\n    # end\nmodels: []\n',
  ],
  ['a list at the column of its key', 'yaml', 'mcpServers:\n- name: a\n  command: x\nz: 1\n'],
  ['CRLF', 'yaml', 'name: x\r\nmcpServers:\r\n  - name: a\r\n    command: x\r\n'],
  ['a byte order mark', 'yaml', `${bom}mcpServers:\n  - name: a\n    command: x`],
  ['an empty list', 'yaml', 'mcpServers: [] # none yet\nz: 1\n'],
  ['a key without a list', 'yaml', '# mine\nmcpServers:\nz: 1\n'],
  [
    'an older entry of ours',
    'yaml',
    '# mine\nmcpServers:\n  - command: npx\n    name: goal-agent\n    args:\n      - -y # old\n  # theirs too\n  - name: a\n',
  ],
];

const spaceless = (text = '') => text.replaceAll(/\s+/g, '');

describe.each(texts)('a file that is %s (%s)', (_, format, before) => {
  const found = aFile(before);
  const after = withEntry(found, client(format), entry);

  it('gets the entry, and keeps every line that it had', () => {
    expect(after).not.toBe(before);
    expect(withEntry(aFile(after), client(format), entry)).toBe(after);
    if (!before?.includes('goal-agent')) {
      const lines = (before ?? '')
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => !/^[{},]*$/.test(line));
      for (const line of lines.filter((each) => /^(?:\/\/|#)/.test(each))) expect(after).toContain(line);
    }
    if (before?.startsWith(bom)) expect(after.startsWith(bom)).toBe(true);
    if (before?.includes('\r\n')) expect(after.replaceAll('\r\n', '')).not.toContain('\n');
  });

  it('is to the byte what it was, after an undo', () => {
    expect(withoutSetup(aFile(after), client(format), { text: before })).toBe(before);
  });

  it('is to the byte what it was, after a second setup of another kind and an undo', () => {
    const again = withEntry(aFile(after), client(format), other);
    expect(withoutSetup(aFile(again), client(format), { text: before })).toBe(before);
  });

  it("keeps another program's change through an undo", () => {
    const [end, change] = format === 'json' ? [/\}\s*$/, '\n /* theirs */}'] : [/$/, '\n# theirs\n'];
    const changed = after.replace(end, change);
    const undone = withoutSetup(aFile(changed), client(format), { text: before });
    expect(undone).toContain('theirs');
    expect(undone).not.toContain('/a b/goal-agent.js');
    if (format === 'json' && before?.trim() && !before.includes('goal-agent')) {
      expect(spaceless(undone)).toBe(spaceless(before.replace(end, change)));
    }
    if (format === 'yaml' && before?.trim() && !before.includes('goal-agent') && !/(?:Servers:\n|\[\])/.test(before)) {
      expect(spaceless(undone)).toBe(spaceless(`${before}${change}`));
    }
    if (format === 'toml' && before !== undefined && !before.includes('goal-agent') && !before.includes('= {')) {
      expect(spaceless(undone)).toBe(spaceless(`${before}${change}`));
    }
  });
});

it('writes an entry as the file around it is written', () => {
  const text = '{\r\n\t"mcpServers": {\r\n\t\t"a": {} // why\r\n\t}\r\n}\r\n';
  expect(withEntry(aFile(text), client('json'), { command: 'n', args: ['p'] })).toBe(
    '{\r\n\t"mcpServers": {\r\n\t\t"a": {}, // why\r\n\t\t"goal-agent": {\r\n\t\t\t"command": "n",\r\n\t\t\t"args": [\r\n\t\t\t\t"p"\r\n\t\t\t]\r\n\t\t}\r\n\t}\r\n}\r\n',
  );
  expect(withEntry(aFile('{"mcpServers":{"a":{}}}'), client('json'), { command: 'n' })).toBe(
    '{"mcpServers":{"a":{}, "goal-agent": { "command": "n" }}}',
  );
  expect(withEntry(aFile('model = "x"'), client('toml'), { command: 'C:\\n "q"', args: ['p'] })).toBe(
    'model = "x"\n\n[mcp_servers.goal-agent]\ncommand = "C:\\\\n \\"q\\""\nargs = [ "p" ]\n',
  );
});

it('writes an item of a YAML list in the place of its own, with the indentation of the others', () => {
  const text = 'mcpServers:\n    - name: a\n      command: x # why\n    # end\nmodels: []\n';
  const after = withEntry(aFile(text), client('yaml'), entry);
  expect(after).toBe(
    [
      ...['mcpServers:', '    - name: a', '      command: x # why', '    - name: goal-agent'],
      ...['      command: /usr/bin/node', '      args:', '        - /a b/goal-agent.js', '        - mcp'],
      ...['      env:', '        GOAL_AGENT_WORKSPACE: ledger', '    # end', 'models: []', ''],
    ].join('\n'),
  );
  expect(withEntry(aFile(after), client('yaml'), other)).toBe(
    text.replace(
      '    # end',
      '    - name: goal-agent\n      command: /opt/node\n      env:\n        GOAL_AGENT_WORKSPACE: ledger\n    # end',
    ),
  );
});

it('keeps what a person added to the entry, and drops the keys of the other kind of server', () => {
  const text = JSON.stringify({
    mcpServers: {
      'goal-agent': { url: 'https://a', headers: {}, disabled: true, env: { A: '1', GOAL_AGENT_WORKSPACE: 'b' } },
    },
  });
  expect(JSON.parse(withEntry(aFile(text), client('json'), entry))).toEqual({
    mcpServers: { 'goal-agent': { ...entry, disabled: true, env: { A: '1', GOAL_AGENT_WORKSPACE: 'ledger' } } },
  });
});

it.each([
  ['{\n  "a": 1,\n  "b": \n}', 'json', 'it is no JSON (line 4, column 1)'],
  ['// nothing\n', 'json', 'it is no JSON'],
  ['[1]', 'json', 'it holds no object (line 1, column 1)'],
  ['{\n "mcpServers": []}', 'json', 'mcpServers is no object (line 2, column 16)'],
  ['{"mcpServers": {}, "mcpServers": {"a": {}}}', 'json', 'it names mcpServers.goal-agent twice'],
  ['{"mcpServers": {"a": {}}', 'json', 'it is no JSON'],
  ['a = 1\nb = \n', 'toml', 'it is no TOML (line 2, column 1)'],
  ['a = 1\na = 2\n', 'toml', 'it is no TOML (line 2, column 1)'],
  ['mcp_servers = 1\n', 'toml', 'mcp_servers is no table'],
  ['a: 1\n b: [\n', 'yaml', 'it is no YAML (line 1, column 4)'],
  ['- a\n', 'yaml', 'it holds no map'],
  ['mcpServers: 1\n', 'yaml', 'mcpServers is no list'],
  ['{mcpServers: []}\n', 'yaml', 'it is one line of YAML'],
  ['mcpServers: [{name: a}]\n', 'yaml', 'mcpServers is a list on one line'],
  ['mcpServers:\n  - name: a\n  - name: a\n', 'yaml', 'two servers of one name'],
  ['a: 1\n---\nb: 1\n', 'yaml', 'it is no YAML'],
] as const)('leaves %j (%s) alone, and says where it is wrong', (text, format, message) => {
  expect(() => withEntry(aFile(text), client(format), entry)).toThrow(message);
});
