import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createSecureContext, getCiphers, type SecureContextOptions } from 'node:tls';

export interface TlsFiles {
  /** Chain in PEM, the server's own certificate first. */
  readonly certificate: string;
  /** Its private key in PEM. */
  readonly key: string;
  /** Authorities that may sign certificates of clients, in PEM; absent asks clients for none. */
  readonly clientAuthorities?: string;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  /** OpenSSL names; the usual ones without it. They say nothing about TLS 1.3, whose suites are all sound. */
  readonly ciphers?: readonly string[];
}

/** How often files are looked at, and how long they have to be quiet: a pair is written as two files. */
const LOOK_MS = 500;
const QUIET_MS = 300;

/** What a server does its TLS with, read from the files; throws with a sentence for who named them. */
export function readTlsFiles(files: TlsFiles): SecureContextOptions {
  const [cert, key] = [readPem(files.certificate), readPem(files.key)];
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
    throw new Error(`the key in ${files.key} does not belong to the first certificate in ${files.certificate}`);
  }
  const known = new Set(getCiphers());
  const unknown = (files.ciphers ?? []).find((name) => !known.has(name.toLowerCase()));
  if (unknown !== undefined) throw new Error(`${unknown} is no cipher suite; "openssl ciphers" lists them`);
  const { clientAuthorities: ca, minVersion, ciphers } = files;
  const options = {
    cert,
    key,
    minVersion,
    ...(ca !== undefined && { ca: readPem(ca) }),
    ...(ciphers && { ciphers: ciphers.join(':') }),
  };
  createSecureContext(options); // says what else is wrong with them
  return options;
}

function readPem(file: string): string {
  const text = readFileSync(file, 'utf8');
  if (!text.includes('-----BEGIN ')) throw new Error(`${file} has nothing in PEM`);
  return text;
}

export interface TlsWatch {
  readonly onReloaded: (options: SecureContextOptions) => void;
  /** The files were changed and cannot be used: what was there before stays (CPT-3). */
  readonly onUnusable: (error: unknown) => void;
}

/** Reads the files again when they have changed, by writing or by rename. Ends with the function that it gives back. */
export function watchTlsFiles(files: TlsFiles, { onReloaded, onUnusable }: TlsWatch): () => void {
  const names = [files.certificate, files.key, ...(files.clientAuthorities ? [files.clientAuthorities] : [])];
  let waiting: NodeJS.Timeout | undefined;
  const reload = (): void => {
    try {
      onReloaded(readTlsFiles(files));
    } catch (error) {
      onUnusable(error); // half of a pair may be there already; the next change is looked at again
    }
  };
  const onChange = (): void => {
    clearTimeout(waiting);
    waiting = setTimeout(reload, QUIET_MS);
  };
  for (const name of names) watchFile(name, { interval: LOOK_MS, persistent: false }, onChange);
  return () => {
    clearTimeout(waiting);
    for (const name of names) unwatchFile(name, onChange);
  };
}
