import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import tls, { type ConnectionOptions } from 'node:tls';
import type { LocalCode } from './errors.ts';

export const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof sslModes)[number];

/** Files are PEM, by path. Where one is left out, libpq's own place is looked at: `~/.postgresql`. */
export interface TlsSettings {
  /** A name, an IP address, or the directory of a Unix socket, which starts with `/`. */
  host: string;
  sslMode: SslMode;
  /** The authorities that may have signed the server's certificate, or `system` for the public ones. */
  sslRootCert?: string | undefined;
  sslCert?: string | undefined;
  sslKey?: string | undefined;
}

/** A fault that was found on this side. `message` is for the operator: it may name files. */
export class LocalFailure extends Error {
  readonly code: LocalCode;

  constructor(code: LocalCode, message: string) {
    super(message);
    this.code = code;
  }
}

export function standby(): LocalFailure {
  return new LocalFailure('STANDBY', 'the server is a standby, which takes no changes');
}

/**
 * Node's TLS options with the meaning that libpq gives an SSL mode
 * (https://www.postgresql.org/docs/current/libpq-ssl.html): without a root certificate nothing is verified up to `require`;
 * with one, the chain is; the name only in `verify-full`. Throws LocalFailure `TLS_FILES` for files that are missing or unusable.
 */
export function tlsOptions(settings: TlsSettings): ConnectionOptions {
  const options = { minVersion: 'TLSv1.2' as const, ...clientCertificate(settings), ...verification(settings) };
  try {
    tls.createSecureContext(options);
  } catch (error) {
    throw new LocalFailure('TLS_FILES', `the certificate files cannot be used: ${(error as Error).message}`);
  }
  return options;
}

function verification(settings: TlsSettings): ConnectionOptions {
  const ca = authorities(settings);
  if (ca === undefined) return { rejectUnauthorized: false };
  const nameMatters = settings.sslMode === 'verify-full';
  return {
    rejectUnauthorized: true,
    ...(ca.length > 0 && { ca }),
    // Node would check the name in every mode; IP addresses are compared with the IP entries of the certificate
    checkServerIdentity: (_, certificate) =>
      nameMatters ? tls.checkServerIdentity(settings.host, certificate) : undefined,
  };
}

/** PEM texts; an empty list stands for Node's own; undefined for "verify nothing". */
function authorities(settings: TlsSettings): string[] | undefined {
  if (settings.sslRootCert === 'system') return publicAuthorities();
  const file = settings.sslRootCert ?? libpqFile('root.crt');
  // libpq ignores a missing root certificate below verify-ca. We do so for its default place only: who names a file means it
  if (settings.sslRootCert === undefined && !existsSync(file)) {
    if (!settings.sslMode.startsWith('verify')) return undefined;
    throw new LocalFailure('TLS_FILES', `${settings.sslMode} needs a root certificate, and ${file} does not exist`);
  }
  const pem = readPem(file);
  // Node takes a file without any certificate for an empty list, in silence
  if (!/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/.test(pem)) {
    throw new LocalFailure('TLS_FILES', `${file} holds no certificate in PEM form`);
  }
  return [pem];
}

/** Node 22.15 and later can read the system's own list; before, it is the one inside Node with NODE_EXTRA_CA_CERTS. */
function publicAuthorities(): string[] {
  const { getCACertificates } = tls as unknown as { getCACertificates?: (type: 'default' | 'system') => string[] };
  return getCACertificates ? [...new Set([...getCACertificates('default'), ...getCACertificates('system')])] : [];
}

function clientCertificate(settings: TlsSettings): ConnectionOptions {
  const certificate = settings.sslCert ?? libpqFile('postgresql.crt');
  if (settings.sslCert === undefined && !existsSync(certificate)) return {};
  return { cert: readPem(certificate), key: readPem(settings.sslKey ?? libpqFile('postgresql.key')) };
}

function libpqFile(name: string): string {
  const windows = process.platform === 'win32' && process.env.APPDATA;
  return windows ? path.join(windows, 'postgresql', name) : path.join(homedir(), '.postgresql', name);
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new LocalFailure('TLS_FILES', `${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
