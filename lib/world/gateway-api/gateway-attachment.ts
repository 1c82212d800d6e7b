import { serviceHost, type HostName } from '../../base/host-name.ts';
import type { GatewayClassRole } from './gateway-classes.ts';
import type { ServiceIndex } from './gateway-addresses.ts';
import type { Attachment } from './gateway-documents.ts';
import type { ApiGateway } from './gateways.ts';
import type { StatedProblem } from './stated-condition.ts';

/** Where a Gateway wants to be found. */
export interface WantedAddresses extends Attachment {
  /** Addresses that are no host names; those beside them are used all the same. */
  readonly problem: StatedProblem | undefined;
}

/** Whether routers of the Gateway can be found at all: without any its listeners are not looked at. */
export const canBeFound = ({ services, isByLabel }: Attachment): boolean => services.length > 0 || isByLabel;

const NAME_OVERRIDE = 'gateway.istio.io/name-override';

/**
 * GA-3: the services that a Gateway names, or else the routers that say by their label that they are its. Where Istio would make a
 * service for it, one of that name is used if somebody wrote it.
 */
export function wantedAddresses(
  { metadata, spec }: ApiGateway,
  { className }: GatewayClassRole,
  { domainSuffix, services }: { readonly domainSuffix: string; readonly services: Pick<ServiceIndex, 'byHost'> },
): WantedAddresses {
  const { name, namespace, annotations } = metadata;
  const addresses = (spec.addresses ?? []).map(({ type = 'IPAddress', value = '' }) => ({ type, value }));
  const fullName = (host: string): HostName => (host.includes('.') ? host : serviceHost(host, namespace, domainSuffix));
  const isByLabel = addresses.length === 0 || (addresses.length === 1 && addresses[0]?.type === 'IPAddress');
  if (isByLabel) {
    const host = fullName(annotations?.[NAME_OVERRIDE] ?? `${name}-${className}`);
    const isThere = services.byHost(host.toLowerCase()).has(namespace);
    return { services: isThere ? [host] : [], isByLabel, problem: undefined };
  }
  const skipped = addresses.filter(({ type }) => type !== 'Hostname').map(({ value }) => value);
  const hosts = addresses.filter(({ type }) => type === 'Hostname').map(({ value }) => fullName(value));
  const message = `only Hostname is supported, ignoring [${skipped.join(' ')}]`;
  return {
    services: hosts,
    isByLabel,
    problem: skipped.length === 0 ? undefined : { reason: 'UnsupportedAddress', message },
  };
}
