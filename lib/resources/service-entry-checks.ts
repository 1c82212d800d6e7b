import { isWildcard } from '../base/host-name.ts';
import { isHttp, isTcp, isTls, parseProtocol } from '../base/protocol.ts';
import { unreachable } from '../base/unreachable.ts';
import { quoted } from '../base/quoted.ts';
import { checkDnsEndpoint, checkStaticEndpoint } from './endpoint-checks.ts';
import { checkExportTo } from './export-to-checks.ts';
import type { FindingLog } from './finding.ts';
import type { Subject } from './kind-definition.ts';
import { checkPort, checkPortName, checkSelector } from './name-checks.ts';
import { fqdnProblem, partialWildcardProblem, subnetProblem, wildcardHostProblem } from './name-problems.ts';
import type { ServiceEntrySpec } from './service-entry-spec.ts';

type ServiceEntrySubject = Subject<ServiceEntrySpec>;
type Resolution = NonNullable<ServiceEntrySpec['resolution']>;

/** SE-24..32: what Istio's admission would say. */
export function checkServiceEntry(subject: ServiceEntrySubject, log: FindingLog): void {
  const { metadata, spec } = subject;
  const { resolution = 'NONE', hosts = [], ports = [] } = spec;
  checkSelection(log, spec);
  checkHosts(log, hosts, resolution);
  checkAddresses(log, spec.addresses ?? [], resolution);
  checkPorts(log, subject);
  checkResolution(log, subject);
  const isAmbiguous = ports.some(({ protocol }) => !isHttp(parseProtocol(protocol)) && !isTls(parseProtocol(protocol)));
  if (resolution !== 'NONE' && hosts.length > 1 && isAmbiguous) {
    const message =
      'multiple hosts provided with non-HTTP, non-TLS ports; plain connections do not say which host they mean';
    log.at('spec.hosts').error('CONFLICT', message);
  }
  checkExportTo(log, spec.exportTo, { namespace: metadata.namespace, isService: true, selectsWorkloads: false });
}

/** SE-7, SE-27: instances are listed or selected. */
function checkSelection(log: FindingLog, { workloadSelector: selector, endpoints }: ServiceEntrySpec): void {
  if (selector === undefined) return;
  checkSelector(log.at('spec.workloadSelector.labels'), selector.labels);
  if (Object.keys(selector.labels ?? {}).length === 0) {
    const message =
      'service entry: workload selector specified without labels, will be applied to all services in namespace';
    log.at('spec.workloadSelector').warning('INEFFECTIVE', message);
  }
  if (endpoints !== undefined) {
    const message = 'only one of WorkloadSelector or Endpoints is allowed in Service Entry; keep one';
    log.at('spec.workloadSelector').error('CONFLICT', message);
  }
}

/** SE-24 */
function checkHosts(log: FindingLog, hosts: readonly string[], resolution: Resolution): void {
  if (hosts.length === 0) log.at('spec.hosts').error('REQUIRED', 'service entry must have at least one host');
  for (const [index, host] of hosts.entries()) {
    const here = log.at(`spec.hosts[${index}]`);
    const problem = host === '*' ? 'invalid host *; a service has a name' : wildcardHostProblem(host);
    if (problem !== undefined) here.error('INVALID_VALUE', problem);
    const partial = resolution === 'DYNAMIC_DNS' ? undefined : partialWildcardProblem(host);
    if (partial !== undefined) here.warning('INVALID_VALUE', partial);
  }
}

/** SE-25 */
function checkAddresses(log: FindingLog, addresses: readonly string[], resolution: Resolution): void {
  for (const [index, address] of addresses.entries()) {
    const problem = subnetProblem(address);
    if (problem !== undefined) log.at(`spec.addresses[${index}]`).error('INVALID_VALUE', problem);
  }
  if (resolution === 'NONE' || resolution === 'STATIC') return;
  if (addresses.some((address) => address.includes('/'))) {
    const message = 'CIDR addresses are allowed only for NONE/STATIC resolution types; list single addresses';
    log.at('spec.addresses').error('CONFLICT', message);
  }
}

/** SE-26 */
function checkPorts(log: FindingLog, { metadata, spec }: ServiceEntrySubject): void {
  const [names, numbers] = [new Set<string>(), new Set<number>()];
  const needsAddresses = (spec.addresses ?? []).length === 0 && !isAllocatedAddresses(metadata.labels, spec);
  for (const [index, { name = '', number = 0, protocol = '', targetPort = 0 }] of (spec.ports ?? []).entries()) {
    const here = log.at(`spec.ports[${index}]`);
    if (names.has(name)) here.at('name').error('DUPLICATE', `service entry port name ${quoted(name)} already defined`);
    if (numbers.has(number)) here.at('number').error('DUPLICATE', `service entry port ${number} already defined`);
    names.add(name);
    numbers.add(number);
    checkPortName(here.at('name'), name);
    checkPort(here.at('number'), number);
    if (targetPort !== 0) checkPort(here.at('targetPort'), targetPort);
    if (protocol !== '' && parseProtocol(protocol) === 'unsupported') {
      here
        .at('protocol')
        .error('INVALID_VALUE', `unsupported protocol: ${protocol}; use HTTP, HTTPS, GRPC, HTTP2, TLS or TCP`);
    }
    if (needsAddresses && (protocol === '' || protocol === 'TCP')) {
      const message =
        'addresses are required for ports serving TCP (or unset) protocol when IP Autoallocation is not enabled';
      here.warning('INEFFECTIVE', message);
    }
  }
}

/** SE-16: whether a service without addresses is given some. */
function isAllocatedAddresses(labels: Readonly<Record<string, string>> = {}, spec: ServiceEntrySpec): boolean {
  const optsOut = labels['networking.istio.io/enable-autoallocate-ip']?.toLowerCase() === 'false';
  return (spec.resolution ?? 'NONE') !== 'NONE' && !optsOut;
}

/** SE-28..30: what each way of finding endpoints needs and excludes. */
function checkResolution(log: FindingLog, subject: ServiceEntrySubject): void {
  const { spec } = subject;
  const { resolution = 'NONE', endpoints = [], ports = [] } = spec;
  const portNames = new Set(ports.map(({ name = '' }) => name));
  switch (resolution) {
    case 'NONE':
      return checkNone(log, spec);
    case 'STATIC':
      for (const [index, endpoint] of endpoints.entries()) {
        checkStaticEndpoint(log.at(`spec.endpoints[${index}]`), endpoint, portNames);
      }
      return;
    case 'DNS':
    case 'DNS_ROUND_ROBIN':
      for (const [index, endpoint] of endpoints.entries()) {
        checkDnsEndpoint(log.at(`spec.endpoints[${index}]`), endpoint, portNames);
      }
      return checkDns(log, spec, resolution);
    case 'DYNAMIC_DNS':
      return checkDynamicDns(log, subject);
    default:
      return unreachable(resolution);
  }
}

function checkNone(log: FindingLog, { endpoints = [], workloadSelector }: ServiceEntrySpec): void {
  if (endpoints.length > 0) {
    const message =
      'no endpoints should be provided for resolution type none; traffic goes to the address the caller chose';
    log.at('spec.endpoints').error('CONFLICT', message);
  }
  if (workloadSelector !== undefined) {
    const message = 'workloadSelector should not be set when resolution mode is NONE';
    log.at('spec.workloadSelector').warning('INEFFECTIVE', message);
  }
}

function checkDns(log: FindingLog, spec: ServiceEntrySpec, resolution: Resolution): void {
  const { hosts = [], endpoints = [], addresses = [], ports = [] } = spec;
  if (endpoints.length === 0) {
    const index = hosts.findIndex((host) => fqdnProblem(host) !== undefined);
    const problem = fqdnProblem(hosts[index] ?? 'none');
    if (index >= 0 && problem !== undefined) {
      const message = `hosts must be FQDN or contain only prefix wildcards if no endpoints are provided for resolution mode ${resolution}, ${problem}`;
      log.at(`spec.hosts[${index}]`).error('INVALID_VALUE', message);
    }
  }
  if (resolution === 'DNS_ROUND_ROBIN' && endpoints.length > 1) {
    const message = `there must only be 0 or 1 endpoint for resolution mode ${resolution}; use DNS for more`;
    log.at('spec.endpoints').error('CONFLICT', message);
  }
  if (addresses.length > 0 && hosts.length > 1 && ports.some(({ protocol }) => isTcp(parseProtocol(protocol)))) {
    const message = 'service entry can not have more than one host specified simultaneously with address and tcp port';
    log.at('spec.hosts').warning('CONFLICT', message);
  }
}

const dynamicDnsProtocols: ReadonlySet<string> = new Set(['http', 'tls', 'grpc', 'http2']);

/** SE-30: whatever name a caller asks for under a wildcard is looked up when it is asked for. */
function checkDynamicDns(log: FindingLog, { metadata, spec }: ServiceEntrySubject): void {
  const mode = 'DYNAMIC_DNS';
  const { hosts = [], ports = [] } = spec;
  if (hosts.length === 0) {
    log.at('spec.hosts').error('REQUIRED', `at least one wildcard host must be provided for resolution type ${mode}`);
  }
  for (const [index, host] of hosts.entries()) {
    if (isWildcard(host)) continue;
    log
      .at(`spec.hosts[${index}]`)
      .error('INVALID_VALUE', `host must be wildcarded for resolution mode ${mode}; use DNS for names`);
  }
  for (const field of ['addresses', 'endpoints'] as const) {
    if ((spec[field] ?? []).length === 0) continue;
    const message = `${field} cannot be set for resolution type ${mode}; the name that is asked for is looked up`;
    log.at(`spec.${field}`).error('CONFLICT', message);
  }
  for (const [index, { protocol }] of ports.entries()) {
    if (dynamicDnsProtocols.has(parseProtocol(protocol))) continue;
    const message = `only HTTP, TLS, GRPC, and HTTP2 protocols are supported for resolution type ${mode}`;
    log.at(`spec.ports[${index}].protocol`).error('INVALID_VALUE', message);
  }
  const waypoint = metadata.labels?.['istio.io/use-waypoint'] ?? '';
  if (spec.location === 'MESH_INTERNAL' && waypoint !== '' && waypoint.toLowerCase() !== 'none') {
    const message = `location MESH_INTERNAL with resolution type ${mode} is not supported when using waypoints`;
    log.at('spec.location').error('CONFLICT', message);
  }
}
