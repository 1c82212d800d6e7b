import { MESH_ROOTS, OWN_CERTIFICATE, rootsSecretName, secretName } from '../model/credential.ts';
import type { ClientRoots, ServerCertificate, ServerTls, TerminatedTls, TlsVersion } from '../model/server-tls.ts';
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

const fromSecret = (name: string): ServerCertificate & ClientRoots => ({ from: 'secret', name });

/** TC-7: a workload's own certificate and the mesh's roots. */
const WORKLOAD_SECRETS: Material = { certificates: [fromSecret(OWN_CERTIFICATE)], roots: fromSecret(MESH_ROOTS) };

function settings(tls: ServerTlsSpec): Omit<TerminatedTls, 'mode'> {
  const names = tls.credentialNames ?? [];
  const credentials = names.length > 0 ? names : [tls.credentialName ?? ''].filter((name) => name !== '');
  return {
    ...(credentials.length > 0 ? namedSecrets(credentials, tls) : files(tls)),
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

type Material = Pick<TerminatedTls, 'certificates' | 'roots'>;

/** GW-28: the roots stand beside the first certificate, in a secret of its name with an ending, unless another is named. */
function namedSecrets(credentials: readonly string[], { caCertCredentialName = '' }: ServerTlsSpec): Material {
  return {
    certificates: credentials.map((name) => fromSecret(secretName(name))),
    roots: fromSecret(rootsName(caCertCredentialName === '' ? undefined : caCertCredentialName, credentials)),
  };
}

/** A secret that holds both is asked for its roots by the ending: under one name a proxy gets one thing. */
function rootsName(written: string | undefined, credentials: readonly string[]): string {
  const [first = ''] = credentials;
  if (written === undefined) return rootsSecretName(first);
  return credentials.includes(written) ? rootsSecretName(written) : secretName(written);
}

/** GW-28, SDS-12: files on the router's machine; what is not written is the workload's own. */
function files(tls: ServerTlsSpec): Material {
  const listed = tls.tlsCertificates ?? [];
  const { caCertificates: path = '' } = tls;
  return {
    certificates: (listed.length > 0 ? listed : [tls]).map(
      ({ serverCertificate: certificate = '', privateKey: key = '' }) =>
        certificate === '' || key === '' ? fromSecret(OWN_CERTIFICATE) : { from: 'files', certificate, key },
    ),
    roots: path === '' ? fromSecret(MESH_ROOTS) : { from: 'file', path },
  };
}

const VERSIONS: Readonly<Record<NonNullable<ServerTlsSpec['minProtocolVersion']>, TlsVersion | undefined>> = {
  TLS_AUTO: undefined,
  TLSV1_0: '1.0',
  TLSV1_1: '1.1',
  TLSV1_2: '1.2',
  TLSV1_3: '1.3',
};
