import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { textMap, texts, uint32 } from './field-shapes.ts';

/** Shape of an Istio Gateway. Source: Istio's reference page "Gateway". */
const tlsProtocol = z.enum(['TLS_AUTO', 'TLSV1_0', 'TLSV1_1', 'TLSV1_2', 'TLSV1_3']);

const serverTls = z.strictObject({
  httpsRedirect: z.boolean().exactOptional(),
  mode: z
    .enum(['PASSTHROUGH', 'SIMPLE', 'MUTUAL', 'AUTO_PASSTHROUGH', 'ISTIO_MUTUAL', 'OPTIONAL_MUTUAL'])
    .exactOptional(),
  serverCertificate: z.string().exactOptional(),
  privateKey: z.string().exactOptional(),
  caCertificates: z.string().exactOptional(),
  caCrl: z.string().exactOptional(),
  credentialName: z.string().exactOptional(),
  credentialNames: texts.exactOptional(),
  caCertCredentialName: z.string().exactOptional(),
  tlsCertificates: z
    .array(
      z.strictObject({
        serverCertificate: z.string().exactOptional(),
        privateKey: z.string().exactOptional(),
        caCertificates: z.string().exactOptional(),
      }),
    )
    .exactOptional(),
  subjectAltNames: texts.exactOptional(),
  verifyCertificateSpki: texts.exactOptional(),
  verifyCertificateHash: texts.exactOptional(),
  minProtocolVersion: tlsProtocol.exactOptional(),
  maxProtocolVersion: tlsProtocol.exactOptional(),
  cipherSuites: texts.exactOptional(),
  insecureSkipVerify: z.boolean().exactOptional(),
});

const server = z.strictObject({
  port: z
    .strictObject({
      number: uint32.exactOptional(),
      protocol: z.string().exactOptional(),
      name: z.string().exactOptional(),
      /** Deprecated and without effect. */
      targetPort: uint32.exactOptional(),
    })
    .exactOptional(),
  bind: z.string().exactOptional(),
  hosts: texts.exactOptional(),
  tls: serverTls.exactOptional(),
  defaultEndpoint: z.string().exactOptional(),
  name: z.string().exactOptional(),
});

export const gatewaySpec = z.strictObject({
  servers: z.array(server).exactOptional(),
  selector: textMap.exactOptional(),
});

export type GatewaySpec = Immutable<z.infer<typeof gatewaySpec>>;
export type ServerSpec = Immutable<z.infer<typeof server>>;
export type ServerTlsSpec = Immutable<z.infer<typeof serverTls>>;
