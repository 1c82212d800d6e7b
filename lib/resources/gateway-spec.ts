import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { textMap, texts, uint32 } from './field-shapes.ts';

/** Shape of an Istio Gateway. Source: Istio's reference page "Gateway". */
const tlsProtocol = z.enum(['TLS_AUTO', 'TLSV1_0', 'TLSV1_1', 'TLSV1_2', 'TLSV1_3']);

export const serverTls = z.strictObject({
  httpsRedirect: z.boolean().exactOptional().describe('Whether plain HTTP requests are redirected to HTTPS.'),
  mode: z
    .enum(['PASSTHROUGH', 'SIMPLE', 'MUTUAL', 'AUTO_PASSTHROUGH', 'ISTIO_MUTUAL', 'OPTIONAL_MUTUAL'])
    .exactOptional()
    .describe('How TLS is ended: here (SIMPLE, MUTUAL), or by the service behind (PASSTHROUGH).'),
  serverCertificate: z.string().exactOptional().describe("File of the server's certificate."),
  privateKey: z.string().exactOptional().describe("File of the server's key."),
  caCertificates: z.string().exactOptional().describe("File of the authorities that sign clients' certificates."),
  caCrl: z.string().exactOptional().describe('File of the list of revoked certificates.'),
  credentialName: z.string().exactOptional().describe('Name of the secret that holds key and certificate.'),
  credentialNames: texts.exactOptional().describe('Names of secrets, for several kinds of keys side by side.'),
  caCertCredentialName: z.string().exactOptional().describe('Name of the secret that holds the authorities alone.'),
  tlsCertificates: z
    .array(
      z.strictObject({
        serverCertificate: z.string().exactOptional().describe('File of the certificate.'),
        privateKey: z.string().exactOptional().describe('File of its key.'),
        caCertificates: z.string().exactOptional().describe('File of the authorities.'),
      }),
    )
    .exactOptional()
    .describe('Files of several certificates, for several kinds of keys side by side.'),
  subjectAltNames: texts.exactOptional().describe("Names, one of which a client's certificate must carry."),
  verifyCertificateSpki: texts
    .exactOptional()
    .describe("Hashes of public keys, one of which a client's certificate must have."),
  verifyCertificateHash: texts.exactOptional().describe("Hashes, one of which a client's certificate must have."),
  minProtocolVersion: tlsProtocol.exactOptional().describe('The oldest version of TLS that is spoken.'),
  maxProtocolVersion: tlsProtocol.exactOptional().describe('The newest version of TLS that is spoken.'),
  cipherSuites: texts.exactOptional().describe('The ciphers that are offered, for TLS up to 1.2.'),
  insecureSkipVerify: z.boolean().exactOptional().describe('Not meant for servers.'),
});

const server = z.strictObject({
  port: z
    .strictObject({
      number: uint32.exactOptional().describe('Number of the port.'),
      protocol: z
        .string()
        .exactOptional()
        .describe('What is spoken there: HTTP, HTTPS, GRPC, HTTP2, MONGO, TCP or TLS.'),
      name: z.string().exactOptional().describe('A name for the port, unique within the Gateway.'),
      targetPort: uint32.exactOptional().describe('Deprecated and without effect.'),
    })
    .exactOptional()
    .describe('The port that the gateway listens on.'),
  bind: z.string().exactOptional().describe('The address to listen on; all addresses unless it is said.'),
  hosts: texts
    .exactOptional()
    .describe('Hosts that are served here, as host or namespace/host; VirtualServices are bound to them.'),
  tls: serverTls.exactOptional().describe('How TLS is ended here.'),
  defaultEndpoint: z.string().exactOptional().describe('Not carried out by Istio either.'),
  name: z.string().exactOptional().describe('A name for the server, unique among all of the Gateway.'),
});

export const gatewaySpec = z
  .strictObject({
    servers: z.array(server).exactOptional().describe('What the gateway listens on, and for which hosts.'),
    selector: textMap.exactOptional().describe('Labels of the proxies (routers) that this is for.'),
  })
  .describe('What routers at the edge of the mesh listen on, and for which hosts.');

export type GatewaySpec = Immutable<z.infer<typeof gatewaySpec>>;
export type ServerSpec = Immutable<z.infer<typeof server>>;
export type ServerTlsSpec = Immutable<z.infer<typeof serverTls>>;
