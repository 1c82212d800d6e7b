import 'reflect-metadata'; // before the library below, whose container looks for it
import { PemConverter, X509CertificateGenerator } from '@peculiar/x509';
import { memorySecretBox } from '../../lib/adapters/memory/memory-secret-box.ts';
import { sealSecret } from '../../lib/control/config/seal-secret.ts';
import type { Resource } from '../../lib/resources/resource.ts';
import { asResource } from './generated-mesh.ts';

/** A router's gateways, each with one host and a certificate of its own for it, as they are stored. */
export interface CertifiedGateways {
  readonly gateways: readonly Resource[];
  /** One for each gateway, sealed. */
  readonly secrets: readonly Resource[];
  /** The first of them with another certificate, as many times as asked for. */
  readonly renewals: readonly Resource[];
}

export async function certifiedGateways(count: number, renewals: number): Promise<CertifiedGateways> {
  const makeSecret = await secretMaker();
  const numbers = Array.from({ length: count }, (_, index) => index);
  return {
    gateways: numbers.map(gateway).map(asResource),
    secrets: await Promise.all(numbers.map((index) => makeSecret(index, 1))),
    renewals: await Promise.all(Array.from({ length: renewals }, (_, turn) => makeSecret(0, turn + 2))),
  };
}

const hostOf = (index: number): string => `www.shop-${index}.example`;

const gateway = (index: number): object => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  metadata: { name: `edge-${index}`, namespace: 'edge' },
  spec: {
    servers: [
      {
        port: { number: 443, name: 'https', protocol: 'HTTPS' },
        hosts: [hostOf(index)],
        tls: { mode: 'SIMPLE', credentialName: `shop-${index}` },
      },
    ],
  },
});

/** Makes sealed Secrets. One key serves for all certificates: what is told apart is what they say. */
async function secretMaker(): Promise<(index: number, serial: number) => Promise<Resource>> {
  const [signing, box] = [{ name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }, memorySecretBox()];
  const keys = await crypto.subtle.generateKey(signing, true, ['sign', 'verify']);
  const key = PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return async (index, serial) => {
    const certificate = await X509CertificateGenerator.createSelfSigned({
      serialNumber: serial.toString(16).padStart(4, '0'),
      name: `CN=${hostOf(index)}`,
      notBefore: new Date('2020-01-01T00:00:00Z'),
      notAfter: new Date('2049-01-01T00:00:00Z'),
      signingAlgorithm: signing,
      keys,
    });
    const written = asResource({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: `shop-${index}`, namespace: 'edge' },
      type: 'kubernetes.io/tls',
      stringData: { 'tls.crt': certificate.toString('pem'), 'tls.key': key },
    }) as Resource<'Secret'>;
    const sealing = await sealSecret(box, written, undefined);
    if (!sealing.ok) throw new Error(`a generated secret is wrong: ${JSON.stringify(sealing.issues)}`);
    return sealing.resource;
  };
}
