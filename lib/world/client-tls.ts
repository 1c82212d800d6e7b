import type { ClientTls, TlsMaterial } from '../model/client-tls.ts';
import type { ClientTlsSpec } from '../resources/traffic-policy-spec.ts';

/** DR-30 to DR-34: a written block without a mode switches TLS off, as the first mode of Istio's enumeration does. */
export function readClientTls(spec: ClientTlsSpec): ClientTls {
  const { mode = 'DISABLE', sni: serverName = '', subjectAltNames, insecureSkipVerify: isUnverified = false } = spec;
  switch (mode) {
    case 'DISABLE':
      return { mode: 'off' };
    case 'ISTIO_MUTUAL':
      return { mode: 'istio-mutual', serverName, names: subjectAltNames, isUnverified };
    case 'SIMPLE':
      return { mode: 'simple', serverName, names: subjectAltNames ?? [], material: readMaterial(spec), isUnverified };
    case 'MUTUAL':
      return { mode: 'mutual', serverName, names: subjectAltNames ?? [], material: readMaterial(spec), isUnverified };
  }
}

function readMaterial(spec: ClientTlsSpec): TlsMaterial {
  const { credentialName = '', clientCertificate = '', privateKey = '', caCertificates = '', caCrl = '' } = spec;
  if (credentialName !== '') return { from: 'credential', name: credentialName };
  return {
    from: 'files',
    certificate: clientCertificate,
    key: privateKey,
    roots: caCertificates,
    revocationList: caCrl,
  };
}
