import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from 'hono';
import { GoalAgentError } from '../../domain/errors.ts';
import type { HttpEnv } from '../parts.ts';

interface BoardFile {
  type: string;
  etag: string;
  /** The bytes by content encoding; `identity` is the file itself. */
  bodies: Map<string, Uint8Array<ArrayBuffer>>;
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const encodings = { '.br': 'br', '.gz': 'gzip' } as const;

/** Nothing runs and nothing is asked but what this service itself serves, and no page of another site may frame it. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** The addresses of the page itself, which finds out from them what to show. */
export const pagePaths = ['/', '/goals/*', '/now', '/history'];

/** The board's files by their addresses, each read once. */
export class BoardFiles {
  readonly #files: ReadonlyMap<string, BoardFile>;

  private constructor(files: ReadonlyMap<string, BoardFile>) {
    this.#files = files;
  }

  /** @throws GoalAgentError `configuration` where they are not there: the program was not built whole. */
  static async read(directory: string): Promise<BoardFiles> {
    const names = await readdir(directory, { recursive: true }).catch((error) => {
      throw new GoalAgentError('configuration', `The board's files are missing in ${directory}; install again.`, {
        cause: error,
      });
    });
    const files = new Map<string, BoardFile>();
    for (const name of names) {
      const type = types[path.extname(name)];
      if (type !== undefined)
        files.set(`/${name.split(path.sep).join('/')}`, await readBoardFile(directory, name, names));
    }
    return new BoardFiles(files);
  }

  /** A file with its hash in its name, which never changes. */
  asset(context: Context<HttpEnv>): Response | undefined {
    const file = this.#files.get(context.req.path);
    return file && respond(context, file, 'public, max-age=31536000, immutable');
  }

  /** The page, which names the files of this build. */
  page(context: Context<HttpEnv>): Response | undefined {
    const file = this.#files.get('/index.html');
    const response = file && respond(context, file, 'no-cache');
    response?.headers.set('content-security-policy', policy);
    return response;
  }
}

async function readBoardFile(directory: string, name: string, names: string[]): Promise<BoardFile> {
  const body = await readFile(path.join(directory, name));
  const bodies = new Map([['identity', Uint8Array.from(body)]]);
  for (const [extension, encoding] of Object.entries(encodings)) {
    if (!names.includes(name + extension)) continue;
    bodies.set(encoding, Uint8Array.from(await readFile(path.join(directory, name + extension))));
  }
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"`;
  return { type: types[path.extname(name)] as string, etag, bodies };
}

function respond(context: Context<HttpEnv>, { type, etag, bodies }: BoardFile, caching: string): Response {
  const headers = { 'cache-control': caching, etag, vary: 'accept-encoding', 'content-type': type };
  if (context.req.header('if-none-match')?.includes(etag)) return new Response(null, { status: 304, headers });
  const accepted = context.req.header('accept-encoding') ?? '';
  const encoding = Object.values(encodings).find((each) => bodies.has(each) && accepts(accepted, each)) ?? 'identity';
  const body = bodies.get(encoding) ?? null;
  const encoded = encoding === 'identity' ? {} : { 'content-encoding': encoding };
  return new Response(body, { headers: { ...headers, ...encoded } });
}

function accepts(header: string, encoding: string): boolean {
  return header.split(',').some((each) => {
    const [name, ...rest] = each.trim().split(';');
    return name?.trim().toLowerCase() === encoding && !rest.some((part) => /^\s*q=0(?:\.0*)?\s*$/.test(part));
  });
}
