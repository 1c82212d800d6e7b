import { parseIpAddress } from '../base/ip-address.ts';
import { quoted } from '../base/quoted.ts';
import type { EndpointSliceBody, SliceEndpoint } from './endpoint-slice-spec.ts';
import type { FindingLog } from './finding.ts';
import type { Subject } from './kind-definition.ts';
import { checkPort } from './name-checks.ts';
import { fqdnProblem, isDnsLabel } from './name-problems.ts';
import { serviceNameLabel } from './well-known-names.ts';

/** Kubernetes' own limits on a slice. */
const mostEndpoints = 1000;
const mostPorts = 100;
const mostAddresses = 100;

/** What Kubernetes' own admission would say of an EndpointSlice. Its body stands at the document's root, and so do the paths. */
export function checkEndpointSlice({ metadata, spec }: Subject<EndpointSliceBody>, log: FindingLog): void {
  const { addressType, endpoints = [], ports = [] } = spec;
  if (addressType === undefined) {
    log.at('addressType').error('REQUIRED', 'addressType is required: IPv4, IPv6 or FQDN');
  }
  if (metadata.labels?.[serviceNameLabel] === undefined) {
    const message = `the label ${serviceNameLabel} is missing; without it the slice belongs to no Service`;
    log.at('metadata.labels').warning('INEFFECTIVE', message);
  }
  if (endpoints.length > mostEndpoints) {
    log.at('endpoints').error('INVALID_VALUE', `a slice has at most ${mostEndpoints} endpoints; make another slice`);
  }
  for (const [index, endpoint] of endpoints.entries()) {
    checkEndpoint(log.at(`endpoints[${index}]`), endpoint, addressType ?? 'FQDN');
  }
  if (ports.length > mostPorts) log.at('ports').error('INVALID_VALUE', `a slice has at most ${mostPorts} ports`);
  const names = new Set<string>();
  for (const [index, { name = '', port }] of ports.entries()) {
    if (names.has(name))
      log.at(`ports[${index}].name`).error('DUPLICATE', `port name ${quoted(name)} is there already`);
    names.add(name);
    if (name !== '' && !isDnsLabel(name))
      log.at(`ports[${index}].name`).error('INVALID_VALUE', `invalid port name: ${name}`);
    if (port !== undefined) checkPort(log.at(`ports[${index}].port`), port);
  }
}

type AddressType = NonNullable<EndpointSliceBody['addressType']>;

function checkEndpoint(log: FindingLog, endpoint: SliceEndpoint, addressType: AddressType): void {
  const { addresses = [], hostname } = endpoint;
  if (addresses.length === 0 || addresses.length > mostAddresses) {
    log.at('addresses').error('REQUIRED', `an endpoint has 1 to ${mostAddresses} addresses`);
  }
  for (const [index, address] of addresses.entries()) {
    if (isAddressOf(addressType, address)) continue;
    log.at(`addresses[${index}]`).error('INVALID_VALUE', `${address} is not a valid ${addressType} address`);
  }
  if (hostname !== undefined && !isDnsLabel(hostname)) {
    log.at('hostname').error('INVALID_VALUE', `hostname ${quoted(hostname)} is no DNS label`);
  }
}

function isAddressOf(addressType: AddressType, address: string): boolean {
  if (addressType === 'FQDN') return fqdnProblem(address) === undefined;
  return parseIpAddress(address)?.length === (addressType === 'IPv4' ? 4 : 16);
}
