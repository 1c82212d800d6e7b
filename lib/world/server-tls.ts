import type { ServerTls, TerminatedTls, TlsVersion } from '../model/server-tls.ts';
import { usableCipherSuites } from '../resources/cipher-suites.ts';
import type { ServerTlsSpec } from '../resources/gateway.ts';

/** GW-27: the mode of a server without one is PASSTHROUGH. */
export function readServerTls(tls: ServerTlsSpec | undefined): ServerTls {
  if (tls === undefined) return { type: 'undeclared' };
  const { mode = 'PASSTHROUGH' } = tls;
  switch (mode) {
    case 'PASSTHROUGH':
      return { type: 'passthrough' };
    case 'AUTO_PASSTHROUGH':
      return { type: 'auto-passthrough' };
    case 'ISTIO_MUTUAL':
      return { type: 'terminated', mode: 'istio-mutual', ...settings(tls), ...WORKLOAD_SECRETS };
    case 'SIMPLE':
      return { type: 'terminated', mode: 'simple', ...settings(tls) };
    case 'MUTUAL':
      return { type: 'terminated', mode: 'mutual', ...settings(tls) };
    case 'OPTIONAL_MUTUAL':
      return { type: 'terminated', mode: 'optional-mutual', ...settings(tls) };
  }
}

/** TC-7: a workload's own certificate and the mesh's roots. */
const WORKLOAD_SECRETS = { certificateSecrets: ['default'], trustSecret: 'ROOTCA' };

function settings(tls: ServerTlsSpec): Omit<TerminatedTls, 'mode'> {
  const names = tls.credentialNames ?? [];
  const credentials = names.length > 0 ? names : [tls.credentialName ?? ''].filter((name) => name !== '');
  return {
    ...(credentials.length > 0 ? namedSecrets(credentials, tls) : fileSecrets(tls)),
    clientNames: tls.subjectAltNames ?? [],
    keyHashes: tls.verifyCertificateSpki ?? [],
    certificateHashes: tls.verifyCertificateHash ?? [],
    acceptsUntrusted: tls.insecureSkipVerify ?? false,
    revocationList: tls.caCrl ?? '',
    minimumVersion: VERSIONS[tls.minProtocolVersion ?? 'TLS_AUTO'],
    maximumVersion: VERSIONS[tls.maxProtocolVersion ?? 'TLS_AUTO'],
    cipherSuites: usableCipherSuites(tls.cipherSuites ?? []),
  };
}

type Secrets = Pick<TerminatedTls, 'certificateSecrets' | 'trustSecret'>;

/** GW-28: the roots stand beside the first certificate, in a secret of its name with an ending, unless another is named. */
function namedSecrets(credentials: readonly string[], { caCertCredentialName = '' }: ServerTlsSpec): Secrets {
  const [first = ''] = credentials;
  return {
    certificateSecrets: credentials.map(secretName),
    trustSecret: secretName(caCertCredentialName === '' ? `${first}-cacert` : caCertCredentialName),
  };
}

/** TC-1, TC-2: a name with a scheme is taken as it is. */
const secretName = (name: string): string => (name.includes('://') ? name : `kubernetes://${name}`);

/** GW-28: certificates in files of the router's machine are secrets of which the name says where they are. */
function fileSecrets(tls: ServerTlsSpec): Secrets {
  const listed = tls.tlsCertificates ?? [];
  const files = listed.length > 0 ? listed : [tls];
  return {
    certificateSecrets: files.map(({ serverCertificate = '', privateKey = '' }) =>
      serverCertificate === '' || privateKey === '' ? 'default' : `file-cert:${serverCertificate}~${privateKey}`,
    ),
    trustSecret: (tls.caCertificates ?? '') === '' ? 'ROOTCA' : `file-root:${tls.caCertificates ?? ''}`,
  };
}

const VERSIONS: Readonly<Record<NonNullable<ServerTlsSpec['minProtocolVersion']>, TlsVersion | undefined>> = {
  TLS_AUTO: undefined,
  TLSV1_0: '1.0',
  TLSV1_1: '1.1',
  TLSV1_2: '1.2',
  TLSV1_3: '1.3',
};
