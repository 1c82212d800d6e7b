import type { FindingLog } from './finding.ts';
import type { ClientTlsSpec } from './traffic-policy-spec.ts';

/** DR-40: how a connection to a host is encrypted. `namespace` is that of the rule; credentials in a config map stay in it. */
export function checkClientTls(log: FindingLog, tls: ClientTlsSpec, namespace: string): void {
  const { mode = 'DISABLE', credentialName = '' } = tls;
  if (credentialName.startsWith('configmap://'))
    checkConfigMapName(log.at('credentialName'), credentialName, namespace);
  if (tls.insecureSkipVerify === true) checkNothingToVerify(log, tls);
  if ((mode === 'SIMPLE' || mode === 'MUTUAL') && credentialName !== '') {
    const files = [tls.clientCertificate, tls.privateKey, tls.caCertificates, tls.caCrl];
    if (files.some((file) => (file ?? '') !== '')) {
      const message =
        'cannot specify client certificates or CA certificate or CA CRL If credentialName is set; keep one source';
      log.error('CONFLICT', message);
    }
    return;
  }
  if (mode === 'MUTUAL') {
    if ((tls.clientCertificate ?? '') === '') {
      log.at('clientCertificate').error('REQUIRED', 'client certificate required for mutual tls');
    }
    if ((tls.privateKey ?? '') === '') {
      log.at('privateKey').error('REQUIRED', 'private key required for mutual tls');
    }
  }
}

/** With verification off, whatever would be verified is a contradiction that may hide a mistake. */
function checkNothingToVerify(log: FindingLog, tls: ClientTlsSpec): void {
  const hasAuthority = (tls.caCertificates ?? '') !== '' || (tls.subjectAltNames ?? []).length > 0;
  const where = log.at('insecureSkipVerify');
  if (tls.mode === 'SIMPLE' && (hasAuthority || (tls.credentialName ?? '') !== '')) {
    const message =
      'cannot specify CaCertificates or CredentialName or SubjectAltNames when InsecureSkipVerify is set true';
    where.error('CONFLICT', message);
  }
  if (tls.mode === 'MUTUAL' && hasAuthority) {
    where.error('CONFLICT', 'cannot specify CaCertificates or SubjectAltNames when InsecureSkipVerify is set true');
  }
}

function checkConfigMapName(log: FindingLog, name: string, namespace: string): void {
  const [owner, map, ...rest] = name.slice('configmap://'.length).split('/');
  if (owner === undefined || map === undefined || rest.length > 0 || owner === '' || map === '') {
    log.error('INVALID_VALUE', 'invalid configmap:// credentialName: write configmap://namespace/name');
  } else if (owner !== namespace) {
    const message = `invalid configmap:// credentialName: namespace must match the configuration namespace "${namespace}"`;
    log.error('INVALID_VALUE', message);
  }
}
