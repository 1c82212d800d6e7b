import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestAuthority } from './test-certificates.ts';

/** Writes, or replaces by moving new ones there, the files in which an agent keeps a workload's certificate and the mesh's roots. */
export function writeIdentity(directory: string, authority: TestAuthority, uri: string): void {
  const { certificate, key } = authority.issue(uri);
  const inline = (text: string): object => ({ inline_string: text });
  moveInto(directory, 'default', {
    tls_certificate: { certificate_chain: inline(certificate), private_key: inline(key) },
  });
  moveInto(directory, 'ROOTCA', { validation_context: { trusted_ca: inline(authority.certificate) } });
}

function moveInto(directory: string, name: string, secret: object): void {
  const type = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret';
  const fresh = join(directory, `.${name}.new`);
  writeFileSync(fresh, JSON.stringify({ resources: [{ '@type': type, name, ...secret }] }), { mode: 0o600 });
  renameSync(fresh, join(directory, `${name}.json`));
}
