// Bundles the board: for the service in files, each compressed once, as small as can be; and inside clients as one file.
import { resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';

/** The board's files by their paths in dist, and the packages that are in them. */
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
  const configFile = 'src/web/vite.config.mjs';
  const [service, inside] = await Promise.all([
    build({ configFile, plugins: [seen] }),
    build({
      configFile,
      build: {
        cssCodeSplit: false,
        rolldownOptions: { input: 'src/web/inside.html', output: { codeSplitting: false } },
      },
    }),
  ]);
  const files = new Map([[resolve('dist/app/board.html'), oneFile(inside.output)]]);
  for (const each of service.output) {
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

/** The page with its script and its styles in it: a host gets nothing but this file. */
function oneFile(output) {
  const page = String(output.find(({ fileName }) => fileName.endsWith('.html')).source);
  const [script, ...otherScripts] = output.filter(({ type }) => type === 'chunk');
  const styles = output.filter(({ fileName }) => fileName.endsWith('.css'));
  if (otherScripts.length > 0 || styles.length !== 1)
    throw new Error('the board inside a client is more than one file');
  // a function as the replacement: in a text, $& would mean something
  return page
    .replace(/<script [^>]*><\/script>/, () => inScript(script.code))
    .replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${styles[0].source}</style>`);
}

/** In a script, `</script` ends it and `<!--` begins a comment; written so, both mean the same in a string. */
function inScript(code) {
  return `<script type="module">${code.replace(/<(?=\/script|!--)/gi, '\\x3c')}</script>`;
}
