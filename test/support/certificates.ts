import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A certificate and its key: the PEM files, and their texts. */
export interface Certificate {
  certFile: string;
  keyFile: string;
  cert: string;
  key: string;
}

export interface Authority extends Certificate {
  /** Holds all files of this authority; whoever made it removes it. */
  directory: string;
  /** `alternativeNames` in openssl's form: `DNS:localhost,IP:127.0.0.1`. */
  sign(options: { commonName: string; alternativeNames?: string }): Certificate;
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** A certificate authority of its own, made by the openssl command in a directory under the system's temporary one. */
export function makeAuthority(commonName: string): Authority {
  const directory = mkdtempSync(path.join(tmpdir(), 'goal-agent-ca-'));
  const file = (name: string) => path.join(directory, name);
  const ca = filesOf(directory, 'ca');
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    ca.keyFile,
    '-out',
    ca.certFile,
    '-days',
    '2',
    '-subj',
    `/CN=${commonName}`,
  );
  let signed = 0;
  const sign: Authority['sign'] = ({ commonName, alternativeNames }) => {
    const files = filesOf(directory, `signed-${++signed}`);
    openssl('req', ...newKey, '-keyout', files.keyFile, '-out', file('csr'), '-subj', `/CN=${commonName}`);
    writeFileSync(file('ext'), alternativeNames ? `subjectAltName=${alternativeNames}\n` : '');
    const by = ['-CA', ca.certFile, '-CAkey', ca.keyFile, '-CAcreateserial'];
    openssl('x509', '-req', '-in', file('csr'), ...by, '-days', '2', '-extfile', file('ext'), '-out', files.certFile);
    return withTexts(files);
  };
  return { ...withTexts(ca), directory, sign };
}

function filesOf(directory: string, name: string) {
  return { certFile: path.join(directory, `${name}.crt`), keyFile: path.join(directory, `${name}.key`) };
}

function withTexts(files: { certFile: string; keyFile: string }): Certificate {
  return { ...files, cert: readFileSync(files.certFile, 'utf8'), key: readFileSync(files.keyFile, 'utf8') };
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
