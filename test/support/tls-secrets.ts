import { sealSecret } from '../../lib/control/config/seal-secret.ts';
import type { SecretBox } from '../../lib/ports/secret-box.ts';
import type { Resource } from '../../lib/resources/resource.ts';
import { resourcesOf } from './documents.ts';
import type { TestCertificate } from './test-certificates.ts';

/** A Secret of plain values, as people write it. */
export function secretOf(name: string, values: Readonly<Record<string, string>>, namespace = 'default'): string {
  return document({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData: values });
}

/** A Secret with a certificate and its key. */
export const pairSecret = (name: string, { certificate, key }: TestCertificate, namespace = 'default'): string =>
  secretOf(name, { 'tls.crt': certificate, 'tls.key': key }, namespace);

export function document(written: object): string {
  return `${JSON.stringify(written)}\n---\n`;
}

/** Resources as they are stored: no value of a Secret is left in them. */
export async function storedResourcesOf(box: SecretBox, yaml: string): Promise<readonly Resource[]> {
  return Promise.all(
    resourcesOf(yaml).map(async (resource) => {
      if (resource.kind !== 'Secret') return resource;
      const sealing = await sealSecret(box, resource, undefined);
      if (!sealing.ok) throw new Error(JSON.stringify(sealing.issues));
      return sealing.resource;
    }),
  );
}
