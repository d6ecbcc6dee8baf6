import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { localTokenFile } from '../../src/main/config/paths.ts';
import { ensureLocalToken, isLocalToken, readLocalToken } from '../../src/main/local-token.ts';
import { newTokenText } from '../../src/service/token-text.ts';
import { aFolder } from './support/started.ts';

const isRoot = process.getuid?.() === 0;

/** A home whose file holds this text, with this mode. */
function aHome(text: string, mode = 0o600): string {
  const home = aFolder();
  writeFileSync(localTokenFile(home), text);
  chmodSync(localTokenFile(home), mode);
  return home;
}

describe('the local token', () => {
  it('is made once, in a file of its owner alone, also where the folder is not there yet', async () => {
    const home = path.join(aFolder(), 'data', 'goal-agent');
    expect(await readLocalToken(home)).toBeUndefined();
    const token = await ensureLocalToken(home);
    expect(token).toMatch(/^gal_[0-9A-Za-z]{49}$/);
    expect(await ensureLocalToken(home)).toBe(token);
    expect(await readLocalToken(home)).toBe(token);
    expect(readFileSync(localTokenFile(home), 'utf8')).toBe(`${token}\n`);
    expect(statSync(localTokenFile(home)).mode & 0o777).toBe(0o600);
  });

  it('is one for all that start at once, and leaves no draft behind', async () => {
    const home = aFolder();
    const tokens = await Promise.all(Array.from({ length: 20 }, () => ensureLocalToken(home)));
    expect(new Set(tokens).size).toBe(1);
    expect(readdirSync(home)).toEqual(['local-token']);
  });

  it('is told from any other text', () => {
    const token = newTokenText('local');
    expect([token, newTokenText('local'), '', `${token} `].map((text) => isLocalToken(text, token))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it.each([0o644, 0o640, 0o602, 0o610])('is refused from a file of mode %o', async (mode) => {
    const home = aHome(newTokenText('local'), mode);
    const file = localTokenFile(home);
    const message = `${file} may be read by others (mode ${mode.toString(8)}), so it proves nothing: it has to be a file of yours with mode 600. Move it away; the next start of the service makes a new one.`;
    await expect(readLocalToken(home)).rejects.toMatchObject({ code: 'configuration', message });
    await expect(ensureLocalToken(home)).rejects.toMatchObject({ code: 'configuration', message });
    expect(statSync(file).mode & 0o777).toBe(mode);
  });

  it.each([
    ['nothing', ''],
    ['half of one', newTokenText('local').slice(0, 30)],
    ['one with a letter changed', newTokenText('local').replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'))],
    ['a token of a workspace', newTokenText(1)],
    ['megabytes', 'x'.repeat(5_000_000)],
    ['bytes that are no text', '\0\u00ff\n'],
  ])('is refused from a file that holds %s', async (_, text) => {
    await expect(ensureLocalToken(aHome(text))).rejects.toThrow('local-token holds no token, so it proves nothing');
  });

  it('is not read through a link, from a folder or from a pipe', async () => {
    const real = await ensureLocalToken(aFolder()).then((token) => aHome(token));
    const [linked, folder, pipe] = [aFolder(), aFolder(), aFolder()];
    symlinkSync(localTokenFile(real), localTokenFile(linked));
    mkdirSync(localTokenFile(folder), { mode: 0o700 });
    execFileSync('mkfifo', ['-m', '600', localTokenFile(pipe)]);
    await expect(ensureLocalToken(linked)).rejects.toThrow('local-token is a link');
    await expect(ensureLocalToken(folder)).rejects.toThrow('local-token is no file');
    await expect(ensureLocalToken(pipe)).rejects.toThrow('local-token is no file');
  });

  it.runIf(isRoot)(
    'is refused from a file of another user, and for root belongs to the owner of the home',
    async () => {
      const foreign = aHome(newTokenText('local'));
      chownSync(localTokenFile(foreign), 12_345, 12_345);
      await expect(readLocalToken(foreign)).rejects.toThrow('local-token belongs to another user');
      const home = aFolder();
      chownSync(home, 12_345, 12_345);
      const token = await ensureLocalToken(home);
      expect(statSync(localTokenFile(home)).uid).toBe(12_345);
      expect(await readLocalToken(home)).toBe(token);
    },
  );

  it('is refused in words where no folder can be made', async () => {
    await expect(ensureLocalToken('/proc/nowhere')).rejects.toMatchObject({ code: 'configuration' });
    const home = path.join(aHome(''), 'local-token', 'below');
    await expect(ensureLocalToken(home)).rejects.toMatchObject({ code: 'configuration' });
  });
});
