import { isIpAddress } from '../base/ip-address.ts';
import { quoted } from '../base/quoted.ts';
import type { FindingLog } from './finding.ts';
import type { Subject } from './kind-definition.ts';
import { checkLabels, checkPort } from './name-checks.ts';
import { fqdnProblem } from './name-problems.ts';
import type { ServicePort, ServiceSpec } from './service-spec.ts';

/** What Kubernetes' own admission would say of a Service, as far as it concerns a proxy. */
export function checkService({ metadata, spec }: Subject<ServiceSpec>, log: FindingLog): void {
  if (metadata.name !== '' && !/^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(metadata.name)) {
    const message = `invalid service name ${quoted(metadata.name)}; use lower-case letters, digits and dashes, start with a letter, at most 63`;
    log.at('metadata.name').error('INVALID_METADATA', message);
  }
  checkAddress(log, spec);
  checkPorts(log, spec);
  checkLabels(log.at('spec.selector'), spec.selector);
}

function checkAddress(log: FindingLog, spec: ServiceSpec): void {
  const { type = 'ClusterIP', clusterIP = '', externalName = '' } = spec;
  if (type === 'ExternalName') {
    const problem = fqdnProblem(externalName);
    if (problem !== undefined)
      log.at('spec.externalName').error('REQUIRED', `an ExternalName service names its target: ${problem}`);
    if (clusterIP !== '') {
      log.at('spec.clusterIP').error('CONFLICT', 'clusterIP may not be set when type is ExternalName; remove it');
    }
    return;
  }
  const addresses: readonly (readonly [string, string])[] = [
    ['spec.clusterIP', clusterIP],
    ...(spec.clusterIPs ?? []).map((address, index) => [`spec.clusterIPs[${index}]`, address] as const),
  ];
  for (const [where, address] of addresses) {
    if (address === '' || address === 'None' || isIpAddress(address)) continue;
    log
      .at(where)
      .error('INVALID_VALUE', `${address} is not a valid IP; write an address, or None for a headless service`);
  }
}

function checkPorts(log: FindingLog, spec: ServiceSpec): void {
  const { type, clusterIP, ports = [] } = spec;
  if (ports.length === 0 && type !== 'ExternalName' && clusterIP !== 'None') {
    log
      .at('spec.ports')
      .error('REQUIRED', 'a service needs at least one port, unless it is headless (clusterIP: None)');
  }
  const [names, numbers] = [new Set<string>(), new Set<string>()];
  for (const [index, port] of ports.entries()) {
    const here = log.at(`spec.ports[${index}]`);
    const { name = '', protocol = 'TCP' } = port;
    checkServicePort(here, port);
    if (name === '' && ports.length > 1) {
      here.at('name').error('REQUIRED', 'ports have names when there are several; name this one');
    }
    if (name !== '' && names.has(name))
      here.at('name').error('DUPLICATE', `port name ${quoted(name)} is there already`);
    const key = `${port.port ?? 0}/${protocol}`;
    if (numbers.has(key)) here.at('port').error('DUPLICATE', `port ${key} is there already`);
    names.add(name);
    numbers.add(key);
  }
}

/** Kubernetes' port names: shorter than a DNS label where an instance's port is meant. */
const portNamePattern = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const instancePortNamePattern = /^(?=.*[a-z])[a-z0-9](?:[-a-z0-9]{0,13}[a-z0-9])?$/;

function checkServicePort(log: FindingLog, { name = '', port, targetPort }: ServicePort): void {
  checkPort(log.at('port'), port);
  if (name !== '' && !portNamePattern.test(name)) {
    log.at('name').error('INVALID_VALUE', `invalid port name: ${name}; use lower-case letters, digits and dashes`);
  }
  if (typeof targetPort === 'number') checkPort(log.at('targetPort'), targetPort);
  if (typeof targetPort === 'string' && !instancePortNamePattern.test(targetPort)) {
    const message = `invalid targetPort ${quoted(targetPort)}; write a number, or a name of at most 15 lower-case letters, digits and dashes`;
    log.at('targetPort').error('INVALID_VALUE', message);
  }
}
