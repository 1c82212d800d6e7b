import { isCipherSuite } from './cipher-suites.ts';
import type { FindingLog } from './finding.ts';
import type { ServerTlsSpec } from './gateway-spec.ts';

/** GW-38: how a gateway's server takes TLS. */
export function checkServerTls(log: FindingLog, tls: ServerTlsSpec): void {
  const { mode = 'PASSTHROUGH' } = tls;
  checkCiphers(log, tls);
  if (mode === 'ISTIO_MUTUAL') {
    checkMeshCertificatesOnly(log, tls);
    return;
  }
  const isPassthrough = mode === 'PASSTHROUGH' || mode === 'AUTO_PASSTHROUGH';
  if (isPassthrough && certificateFields.some((field) => isSet(tls[field]))) {
    log.warning('INEFFECTIVE', `${mode} mode does not use certificates, they will be ignored`);
  }
  checkOneSource(log, tls);
  const isRemote = isSet(tls.credentialName) || isSet(tls.credentialNames);
  if (!isPassthrough && isRemote) return;
  if (!isPassthrough) checkCertificates(log, tls);
  checkRevocationList(log, tls);
}

const isSet = (member: string | readonly unknown[] | undefined): boolean => (member ?? '').length > 0;

const certificateFields = [
  'caCrl',
  'serverCertificate',
  'privateKey',
  'caCertificates',
  'tlsCertificates',
  'credentialName',
  'credentialNames',
] as const;

function checkCiphers(log: FindingLog, { minProtocolVersion, cipherSuites: suites = [] }: ServerTlsSpec): void {
  if ((minProtocolVersion === 'TLSV1_0' || minProtocolVersion === 'TLSV1_1') && suites.length === 0) {
    const message =
      'TLS version below TLSV1_2 require setting compatible ciphers as by default they no longer include compatible ciphers.';
    log.at('minProtocolVersion').warning('INEFFECTIVE', message);
  }
  const known = suites.filter(isCipherSuite);
  const unknown = suites.filter((suite) => !isCipherSuite(suite));
  const seen = new Set<string>();
  const repeated = known.filter((suite) => seen.size === seen.add(suite).size);
  if (unknown.length > 0) {
    const message = `ignoring invalid cipher suites: [${sorted(unknown)}]`;
    log.at('cipherSuites').warning('INEFFECTIVE', message);
  }
  if (repeated.length > 0) {
    const message = `ignoring duplicate cipher suites: [${sorted(repeated)}]`;
    log.at('cipherSuites').warning('INEFFECTIVE', message);
  }
}

const sorted = (names: readonly string[]): string => [...new Set(names)].sort().join(' ');

const meshCertificateConflicts = {
  serverCertificate: 'server certificate',
  privateKey: 'private key',
  caCertificates: 'CA bundle',
  tlsCertificates: 'tlsCertificates',
  credentialName: 'credentialName',
  credentialNames: 'credentialNames',
} as const;

/** The mesh's own certificates are delivered; there is nothing to name. */
function checkMeshCertificatesOnly(log: FindingLog, tls: ServerTlsSpec): void {
  for (const [field, name] of Object.entries(meshCertificateConflicts)) {
    if (!isSet(tls[field as keyof typeof meshCertificateConflicts])) continue;
    log.at(field).error('CONFLICT', `ISTIO_MUTUAL TLS cannot have associated ${name}; remove it`);
  }
}

/** Envoy picks between two certificates at most: one with an RSA key, one with an ECDSA key. */
const mostCertificates = 2;

function checkOneSource(log: FindingLog, tls: ServerTlsSpec): void {
  const sources = [
    isSet(tls.serverCertificate) && isSet(tls.privateKey),
    isSet(tls.credentialName),
    isSet(tls.credentialNames),
    isSet(tls.tlsCertificates),
  ];
  if (sources.filter(Boolean).length > 1) {
    const message =
      'only one of credential_name, credential_names, server_certificate/private_key, tls_certificates should be specified';
    log.error('CONFLICT', message);
  }
  if ((tls.credentialNames ?? []).length > mostCertificates) {
    log.at('credentialNames').error('INVALID_VALUE', `at most ${mostCertificates} credentialNames: one RSA, one ECDSA`);
  }
}

function checkCertificates(log: FindingLog, tls: ServerTlsSpec): void {
  const name = tls.mode === 'SIMPLE' ? 'SIMPLE TLS' : 'MUTUAL TLS';
  if (tls.mode !== 'SIMPLE' && !isSet(tls.caCertificates)) {
    log.at('caCertificates').error('REQUIRED', `${name} requires a client CA bundle`);
  }
  const listed = tls.tlsCertificates ?? [];
  if (listed.length > mostCertificates) {
    log.at('tlsCertificates').warning('INEFFECTIVE', `${name} can support up to 2 server certificates`);
  }
  const certificates = listed.length > 0 ? listed : [tls];
  for (const [index, certificate] of certificates.entries()) {
    const where = listed.length > 0 ? log.at(`tlsCertificates[${index}]`) : log;
    if (!isSet(certificate.serverCertificate)) {
      where.at('serverCertificate').error('REQUIRED', `${name} requires a server certificate`);
    }
    if (!isSet(certificate.privateKey)) where.at('privateKey').error('REQUIRED', `${name} requires a private key`);
  }
}

function checkRevocationList(log: FindingLog, tls: ServerTlsSpec): void {
  if (!isSet(tls.caCrl)) return;
  if (isSet(tls.credentialName)) {
    const message = 'CRL is not supported with credentialName. CRL has to be specified in the credential';
    log.at('caCrl').error('CONFLICT', message);
  }
  if (tls.mode === 'SIMPLE') {
    log.at('caCrl').error('CONFLICT', 'CRL is not supported with SIMPLE TLS; clients show no certificate');
  }
}
