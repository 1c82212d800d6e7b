import { isIpAddress } from '../base/ip-address.ts';
import { parseProtocol } from '../base/protocol.ts';
import { socketPath } from '../base/unix-socket.ts';
import { quoted } from '../base/quoted.ts';
import type { FindingLog } from './finding.ts';
import { checkPort, checkPortName } from './name-checks.ts';
import { unixPathProblem } from './name-problems.ts';
import type { SidecarPortSpec } from './sidecar-spec.ts';

/** SC-30, SC-31: the port of a listener, either way. */
export function checkListenerPort(log: FindingLog, port: SidecarPortSpec, hasNumber: boolean): void {
  const { number, protocol = '', name = '', targetPort = 0 } = port;
  if (targetPort > 0) {
    log.at('port.targetPort').error('INVALID_VALUE', 'targetPort has no impact on Sidecars; remove it');
  }
  if (name !== '') checkPortName(log.at('port.name'), name);
  if (protocol !== '' && parseProtocol(protocol) === 'unsupported') {
    const message = `unsupported protocol: ${quoted(protocol)}; use HTTP, HTTPS, HTTP2, HTTP_PROXY, GRPC, GRPC-WEB, MONGO, REDIS, MYSQL, TLS, TCP`;
    log.at('port.protocol').error('INVALID_VALUE', message);
  }
  if (hasNumber) checkPort(log.at('port.number'), number);
}

export function checkBindAddress(log: FindingLog, bind: string): void {
  if (bind === '' || isIpAddress(bind)) return;
  log.at('bind').error('INVALID_VALUE', `${bind} is not a valid IP; bind to an address, or leave bind out`);
}

export function checkUnixPath(log: FindingLog, address: string): void {
  const problem = unixPathProblem(socketPath(address));
  if (problem !== undefined) log.error('INVALID_VALUE', problem);
}
