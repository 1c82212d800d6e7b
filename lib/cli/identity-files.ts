import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isMembers } from '../base/members.ts';

/** What a workload is and whom it believes, all in PEM. */
export interface WorkloadFiles {
  /** The leaf, then what stands between it and the roots. */
  readonly certificate: string;
  /** PKCS #8. */
  readonly key: string;
  readonly roots: string;
}

const SECRET = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret';

/** The names by which listeners and clusters ask for them. */
const [OWN, ROOTS] = ['default', 'ROOTCA'] as const;

/** What the directory holds; `undefined` where there is nothing, or nothing that can be read. */
export function readWorkloadFiles(directory: string): WorkloadFiles | undefined {
  const own = secretIn(directory, OWN)?.['tls_certificate'];
  const roots = secretIn(directory, ROOTS)?.['validation_context'];
  const { certificate_chain: chain, private_key: key } = isMembers(own) ? own : {};
  const { trusted_ca: trusted } = isMembers(roots) ? roots : {};
  const [certificate, itsKey, believed] = [inlineOf(chain), inlineOf(key), inlineOf(trusted)];
  if (certificate === undefined || itsKey === undefined || believed === undefined) return undefined;
  return { certificate, key: itsKey, roots: believed };
}

function secretIn(directory: string, name: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(join(directory, `${name}.json`), 'utf8'));
    const resources = isMembers(value) ? value['resources'] : undefined;
    const secret: unknown = Array.isArray(resources) ? resources[0] : undefined;
    return isMembers(secret) ? secret : undefined;
  } catch {
    return undefined; // not there yet, or not ours: it is written anew
  }
}

function inlineOf(source: unknown): string | undefined {
  const text = isMembers(source) ? source['inline_string'] : undefined;
  return typeof text === 'string' ? text : undefined;
}

/**
 * Writes the files that Envoy watches, each whole at once, for their owner alone. The roots come first: who shows the new certificate may be
 * asked for one of a new root at once. Files that would stay the same are left alone, and Envoy with them.
 */
export function writeWorkloadFiles(directory: string, files: WorkloadFiles, before?: WorkloadFiles): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (files.roots !== before?.roots) {
    replaceFile(directory, ROOTS, { validation_context: { trusted_ca: inline(files.roots) } });
  }
  const certificate = { certificate_chain: inline(files.certificate), private_key: inline(files.key) };
  replaceFile(directory, OWN, { tls_certificate: certificate });
}

const inline = (text: string) => ({ inline_string: text });

/** Envoy looks for a file that is moved into place; one that is written to could be read half way. */
function replaceFile(directory: string, name: string, secret: object): void {
  const path = join(directory, `${name}.json`);
  const next = join(directory, `.${name}.json.next`);
  const handle = openSync(next, 'w', 0o600);
  try {
    writeSync(handle, `${JSON.stringify({ resources: [{ '@type': SECRET, name, ...secret }] })}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(next, path);
}
