import { isHttp, isTls, parseProtocol } from '../base/protocol.ts';
import { isUnixSocket } from '../base/unix-socket.ts';
import { checkConnectionPool } from './connection-checks.ts';
import type { FindingLog } from './finding.ts';
import type { ServerTlsSpec } from './gateway-spec.ts';
import { checkPort } from './name-checks.ts';
import { checkServerTls } from './server-tls-checks.ts';
import { checkBindAddress, checkListenerPort, checkUnixPath } from './sidecar-listener-checks.ts';
import type { IngressListenerSpec } from './sidecar-spec.ts';

/** SC-31 */
export function checkIngressListeners(log: FindingLog, listeners: readonly IngressListenerSpec[]): void {
  const ports = new Set<number>();
  for (const [index, listener] of listeners.entries()) {
    const here = log.at(`[${index}]`);
    const { port, bind = '', defaultEndpoint = '' } = listener;
    if (port === undefined) {
      here.at('port').error('REQUIRED', 'sidecar: port is required for ingress listeners');
      continue;
    }
    const { number = 0 } = port;
    checkListenerPort(here, port, true);
    checkBindAddress(here, bind);
    if (ports.has(number)) {
      here.at('port.number').error('DUPLICATE', 'sidecar: ports on IP bound listeners must be unique');
    }
    ports.add(number);
    if (defaultEndpoint !== '') checkEndpoint(here.at('defaultEndpoint'), defaultEndpoint);
    checkSettings(here, listener);
  }
}

function checkSettings(log: FindingLog, { port, tls, connectionPool }: IngressListenerSpec): void {
  const protocol = parseProtocol(port?.protocol);
  if (tls !== undefined) {
    checkIngressTls(log.at('tls'), tls);
    if (!isTls(protocol)) {
      log.at('tls').error('CONFLICT', 'server cannot have TLS settings for non HTTPS/TLS ports; remove tls');
    }
    checkServerTls(log.at('tls'), tls);
  }
  if (connectionPool === undefined) return;
  checkConnectionPool(log.at('connectionPool'), connectionPool);
  if (connectionPool.http !== undefined && !isHttp(protocol)) {
    const message = `sidecar: HTTP connection pool settings are configured for port ${port?.number ?? 0} but its protocol is not HTTP; only TCP settings will apply`;
    log.at('connectionPool.http').warning('INEFFECTIVE', message);
  }
}

const ENDPOINT_HOSTS: ReadonlySet<string> = new Set(['', '127.0.0.1', '0.0.0.0', '::1', '::']);

function checkEndpoint(log: FindingLog, endpoint: string): void {
  if (isUnixSocket(endpoint)) {
    checkUnixPath(log, endpoint);
    return;
  }
  const { host, port } = splitEndpoint(endpoint);
  if (host === undefined || !ENDPOINT_HOSTS.has(host)) {
    const message =
      'sidecar: defaultEndpoint must be of form 127.0.0.1:<port>,0.0.0.0:<port>,[::1]:port,[::]:port,unix://filepath or unset';
    log.error('INVALID_VALUE', message);
  }
  if (/^[+-]?\d+$/.test(port)) checkPort(log, Number(port));
  else log.error('INVALID_VALUE', `sidecar: defaultEndpoint port (${port}) is not a number`);
}

/** `host:port`, an IPv6 address in brackets; no host where the text has another form. */
function splitEndpoint(endpoint: string): { readonly host: string | undefined; readonly port: string } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:[\]]*)):([^:]*)$/.exec(endpoint) ?? [];
  return { host: bracketed ?? plain, port: port ?? '' };
}

const REFUSED_TLS = {
  subjectAltNames: 'sidecar: subjectAltNames is not supported in ingress tls',
  httpsRedirect: 'sidecar: httpsRedirect is not supported',
  credentialName: 'sidecar: credentialName is not currently supported',
  credentialNames: 'sidecar: credentialNames is not currently supported',
  tlsCertificates: 'sidecar: tls_certificates is not currently supported',
} as const satisfies Partial<Record<keyof ServerTlsSpec, string>>;

function checkIngressTls(log: FindingLog, tls: ServerTlsSpec): void {
  for (const [field, message] of Object.entries(REFUSED_TLS)) {
    const member = tls[field as keyof typeof REFUSED_TLS] ?? false;
    const isSet = typeof member === 'boolean' ? member : member.length > 0;
    if (isSet) log.at(field).error('CONFLICT', `${message}; remove it`);
  }
  if (tls.mode === 'ISTIO_MUTUAL' || tls.mode === 'AUTO_PASSTHROUGH') {
    const message = `configuration is invalid: cannot set mode to ${tls.mode} in sidecar ingress tls; use SIMPLE or MUTUAL`;
    log.at('mode').error('INVALID_VALUE', message);
  }
}
