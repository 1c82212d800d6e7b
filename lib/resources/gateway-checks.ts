import { isIpAddress } from '../base/ip-address.ts';
import { isHttp, isTls, parseProtocol } from '../base/protocol.ts';
import { isUnixSocket, socketPath } from '../base/unix-socket.ts';
import { quoted } from '../base/quoted.ts';
import type { FindingLog } from './finding.ts';
import type { GatewaySpec, ServerSpec } from './gateway-spec.ts';
import type { Subject } from './kind-definition.ts';
import { checkPort, checkSelector } from './name-checks.ts';
import { isDnsLabel, partialWildcardProblem, unixPathProblem, wildcardHostProblem } from './name-problems.ts';
import { checkServerTls } from './server-tls-checks.ts';

/** GW-36..38: what Istio's admission would say. */
export function checkGateway({ metadata, spec }: Subject<GatewaySpec>, log: FindingLog): void {
  if (!isDnsLabel(metadata.name)) {
    const message = `invalid gateway name: ${quoted(metadata.name)}; use letters, digits and dashes, at most 63`;
    log.at('metadata.name').error('INVALID_METADATA', message);
  }
  const { servers = [] } = spec;
  if (servers.length === 0) log.at('spec.servers').error('REQUIRED', 'gateway must have at least one server');
  const portNames = new Set<string>();
  for (const [index, server] of servers.entries()) {
    const here = log.at(`spec.servers[${index}]`);
    checkServer(here, server);
    if (server.port === undefined) continue;
    const { name = '', protocol } = server.port;
    if (portNames.has(name)) {
      here.at('port.name').error('DUPLICATE', `port names in servers must be unique: duplicate name ${name}`);
    }
    portNames.add(name);
    if (server.tls?.httpsRedirect === true && !isHttp(parseProtocol(protocol))) {
      here.at('tls.httpsRedirect').warning('INEFFECTIVE', 'tls.httpsRedirect should only be used with http servers');
    }
  }
  checkSelector(log.at('spec.selector'), spec.selector);
}

function checkServer(log: FindingLog, server: ServerSpec): void {
  const { hosts = [], tls } = server;
  if (hosts.length === 0) log.at('hosts').error('REQUIRED', 'server config must contain at least one host; "*" is any');
  for (const [index, host] of hosts.entries()) checkServerHost(log.at(`hosts[${index}]`), host);
  checkServerPort(log, server);
  if (tls !== undefined) checkServerTls(log.at('tls'), tls);
  if (server.port !== undefined) checkTlsFitsProtocol(log, server);
}

/** GW-36: `host` or `namespace/host`, where the namespace may be `*` or `.` and the host a wildcard or an IP address. */
function checkServerHost(log: FindingLog, entry: string): void {
  const slash = entry.indexOf('/');
  const refuse = (problem: string | undefined): void => {
    if (problem !== undefined) log.error('INVALID_VALUE', problem);
  };
  if (slash >= 0) {
    const namespace = entry.slice(0, slash);
    if (namespace === '' || slash === entry.length - 1) {
      refuse('config namespace and dnsName in host entry cannot be empty; write namespace/host');
    }
    if (namespace !== '*' && namespace !== '.' && !isDnsLabel(namespace)) {
      refuse(`invalid namespace value ${quoted(namespace)} in gateway; write a namespace, "*" or "."`);
    }
  }
  const host = entry.slice(slash + 1);
  if (host !== '*' && !host.includes('.') && !isIpAddress(host)) {
    refuse('short names (non FQDN) are not allowed; write the full name');
  }
  if (!isIpAddress(host)) refuse(wildcardHostProblem(host));
  refuse(partialWildcardProblem(host));
}

/** GW-36 */
function checkServerPort(log: FindingLog, { port, bind = '' }: ServerSpec): void {
  const isUnix = isUnixSocket(bind);
  const bindProblem = isUnix
    ? unixPathProblem(socketPath(bind))
    : bind === '' || isIpAddress(bind)
      ? undefined
      : `${bind} is not a valid IP; bind to an address, or leave bind out`;
  if (bindProblem !== undefined) log.at('bind').error('INVALID_VALUE', bindProblem);
  if (port === undefined) {
    log.at('port').error('REQUIRED', 'port is required');
    return;
  }
  const { number = 0, protocol = '', name = '', targetPort = 0 } = port;
  if (parseProtocol(protocol) === 'unsupported') {
    const message = `invalid protocol ${quoted(protocol)}, supported protocols are HTTP, HTTPS, HTTP2, GRPC, GRPC-WEB, MONGO, REDIS, MYSQL, TLS, TCP`;
    log.at('port.protocol').error('INVALID_VALUE', message);
  }
  if (number > 0 || !isUnix) checkPort(log.at('port.number'), number);
  if (number > 0 && isUnix) {
    log.at('port.number').error('CONFLICT', 'port number must be 0 for unix domain socket');
  }
  if (targetPort > 0) {
    log.at('port.targetPort').error('INVALID_VALUE', 'targetPort has no impact on Gateways; remove it');
  }
  if (name === '') log.at('port.name').error('REQUIRED', 'port name must be set');
}

/** GW-37: TLS where the protocol has it, and nowhere else; on HTTP only to send clients over to HTTPS. */
function checkTlsFitsProtocol(log: FindingLog, { port, tls }: ServerSpec): void {
  const protocol = parseProtocol(port?.protocol);
  if (protocol === 'unsupported') return;
  if (isTls(protocol)) {
    if (tls === undefined) {
      log.at('tls').error('REQUIRED', 'server must have TLS settings for HTTPS/TLS protocols');
    }
    return;
  }
  if (tls === undefined) return;
  if (!isHttp(protocol)) {
    log.at('tls').error('CONFLICT', 'server cannot have TLS settings for non HTTPS/TLS ports; remove tls');
    return;
  }
  const { mode = 'PASSTHROUGH', caCertificates = '', privateKey = '', serverCertificate = '' } = tls;
  const terminates = mode !== 'PASSTHROUGH' && mode !== 'AUTO_PASSTHROUGH';
  if (terminates || `${caCertificates}${privateKey}${serverCertificate}` !== '') {
    log.at('tls').error('CONFLICT', 'server cannot have TLS settings for plain text HTTP ports; only httpsRedirect');
  }
}
