import { isIpAddress } from '../base/ip-address.ts';
import { isUnixSocket, socketPath } from '../base/unix-socket.ts';
import { quoted } from '../base/quoted.ts';
import type { FindingLog } from './finding.ts';
import { checkLabels, checkPort, checkPortName } from './name-checks.ts';
import { fqdnProblem, unixPathProblem } from './name-problems.ts';
import type { WorkloadEntrySpec } from './workload-entry-spec.ts';

/** SE-33: an instance that stands by itself; which services select it is not known here, so its address may be of any form. */
export function checkWorkloadEntry(log: FindingLog, entry: WorkloadEntrySpec): void {
  if (!hasAddress(log, entry)) return;
  const { address = '' } = entry;
  if (isUnixSocket(address)) checkUnixAddress(log, entry);
  else if (address !== '') checkNameOrIp(log, address);
  checkPortsAndLabels(log, entry);
}

/** SE-28: an endpoint of a service that resolves nothing: an IP address, or a socket file for the service's one port. */
export function checkStaticEndpoint(
  log: FindingLog,
  endpoint: WorkloadEntrySpec,
  portNames: ReadonlySet<string>,
): void {
  if (!hasAddress(log, endpoint)) return;
  const { address = '' } = endpoint;
  if (isUnixSocket(address)) {
    checkUnixAddress(log, endpoint);
    if (portNames.size !== 1) {
      log.at('address').error('CONFLICT', 'exactly 1 service port required for unix endpoints');
    }
  } else if (address !== '' && !isIpAddress(address)) {
    const message = `endpoint address ${quoted(address)} is not a valid IP address; use resolution DNS for names`;
    log.at('address').error('INVALID_VALUE', message);
  }
  checkPortsAndLabels(log, endpoint, portNames);
}

/** SE-29: an endpoint whose name is looked up. */
export function checkDnsEndpoint(log: FindingLog, endpoint: WorkloadEntrySpec, portNames: ReadonlySet<string>): void {
  checkNameOrIp(log, endpoint.address ?? '');
  checkPortsAndLabels(log, endpoint, portNames);
}

/** An instance behind another network's gateway needs no address of its own. */
function hasAddress(log: FindingLog, { address = '', network = '' }: WorkloadEntrySpec): boolean {
  if (address !== '') return true;
  if (network === '') {
    log.at('address').error('REQUIRED', 'address is required, unless a network is set');
    return false;
  }
  log.at('address').warning('INEFFECTIVE', `address is unset with network ${quoted(network)}`);
  return true;
}

function checkUnixAddress(log: FindingLog, { address = '', ports = {} }: WorkloadEntrySpec): void {
  const problem = unixPathProblem(socketPath(address));
  if (problem !== undefined) log.at('address').error('INVALID_VALUE', problem);
  if (Object.keys(ports).length > 0) {
    log.at('ports').error('CONFLICT', `unix endpoint ${address} must not include ports; a socket file has none`);
  }
}

function checkNameOrIp(log: FindingLog, address: string): void {
  if (isIpAddress(address) || fqdnProblem(address) === undefined) return;
  const message = `endpoint address ${quoted(address)} is not a valid FQDN or an IP address; ports go into ports`;
  log.at('address').error('INVALID_VALUE', message);
}

function checkPortsAndLabels(
  log: FindingLog,
  { ports = {}, labels }: WorkloadEntrySpec,
  portNames?: ReadonlySet<string>,
): void {
  for (const [name, port] of Object.entries(ports)) {
    const where = log.at('ports').member(name);
    if (portNames !== undefined && !portNames.has(name)) {
      const message = `endpoint port ${port} is not defined by the service entry; name one of spec.ports`;
      where.error('INVALID_VALUE', message);
    }
    checkPortName(where, name);
    checkPort(where, port);
  }
  checkLabels(log.at('labels'), labels);
}
