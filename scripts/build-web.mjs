// Bundles the board, and compresses each of its files once, as small as can be.
import { resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';

/** The board's files by their paths in dist/web, and the packages that are in them. */
export async function buildWeb() {
  const packages = new Set();
  const seen = {
    name: 'seen-packages',
    generateBundle(_, bundle) {
      for (const { modules = {} } of Object.values(bundle)) {
        for (const [id, { renderedLength }] of Object.entries(modules)) {
          const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1];
          if (folder !== undefined && renderedLength > 0) packages.add(folder);
        }
      }
    },
  };
  const { output } = await build({ configFile: 'src/web/vite.config.mjs', plugins: [seen] });
  const files = new Map();
  for (const each of output) {
    const contents = Buffer.from(each.type === 'chunk' ? each.code : each.source);
    const path = resolve('dist/web', each.fileName);
    files.set(path, contents);
    files.set(`${path}.gz`, gzipSync(contents, { level: 9 }));
    files.set(
      `${path}.br`,
      brotliCompressSync(contents, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: contents.length } }),
    );
  }
  return { files, packages };
}
